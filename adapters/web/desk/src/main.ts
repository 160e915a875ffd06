// adapters/web/desk/src/main.ts - registers the components.

import { DeskApp } from "./app.js";
import { ContextPanel } from "./context_panel.js";
import { ConversationView } from "./conversation_view.js";
import { HelpSheet } from "./help_sheet.js";
import { OfferCard } from "./offer_card.js";
import { SignIn } from "./sign_in.js";

customElements.define("desk-sign-in", SignIn);
customElements.define("desk-offer", OfferCard);
customElements.define("desk-context", ContextPanel);
customElements.define("desk-conversation", ConversationView);
customElements.define("desk-help", HelpSheet);
customElements.define("desk-app", DeskApp);
