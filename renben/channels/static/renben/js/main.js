import "./htmx_rules.js";
import "./keyboard.js";
import "./forms.js";
import "./reveal.js";
import "./rows.js";
import "./conditional.js";
import "./combobox.js";
import "./idle.js";
