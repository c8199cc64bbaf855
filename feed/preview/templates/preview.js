// The preview's page; each module is one thing that it can do.

import "./news.js";
import "./player.js";
import "./copy.js";
import "./view.js";
import "./form.js";
import "./text.js";
import "./actions.js";
import "./reviews.js";
import "./add.js";
import "./keys.js";
import "./find.js";
import "./ask.js";
import "./warnings.js";
import "./cuts.js";
