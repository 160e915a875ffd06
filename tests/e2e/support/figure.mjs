// tests/e2e/support/figure.mjs - prints a measured figure the way tests/support/figure.hpp does.

export function figure(promise, what, value, target) {
  console.log(`[  FIGURE  ] ${promise}: ${what} = ${value} (to reach: ${target})`);
}
