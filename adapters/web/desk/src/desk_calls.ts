// adapters/web/desk/src/desk_calls.ts - what the desk asks over HTTP, and what a window remembers through a reload.

export function remember_selected(session: number | undefined) {
  if (session === undefined) sessionStorage.removeItem("desk.session");
  else sessionStorage.setItem("desk.session", String(session));
}

export function remembered_selected() {
  return Number(sessionStorage.getItem("desk.session") ?? 0);
}

export async function post(path: string, body: unknown): Promise<{ problem: string }> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Convene-Client": "1" },
      body: JSON.stringify(body),
    });
    if (response.ok) return { problem: "" };
    const answer = (await response.json().catch(() => ({}))) as { text?: string };
    return { problem: answer.text ?? `The service could not do this (${response.status}).` };
  } catch {
    return { problem: "The service cannot be reached at the moment." };
  }
}
