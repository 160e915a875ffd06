// sdk/web/convene.js - the customer client: include this module, use the elements.

import { ConveneLater } from "./later_element.js";
import { ConveneSession } from "./session_element.js";

export { Api, ApiError, fresh_seat } from "./api.js";
export { calendar_entry } from "./calendar.js";
export { LegController } from "./leg.js";
export { check_page_url } from "./page_url.js";
export { endings, texts } from "./texts.js";
export { ConveneLater, ConveneSession };

if (!customElements.get("convene-later")) customElements.define("convene-later", ConveneLater);
if (!customElements.get("convene-session"))
  customElements.define("convene-session", ConveneSession);
