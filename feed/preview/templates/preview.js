// The preview's page; each module is one thing that it can do.

import "./news.js";
import "./player.js";
import "./copy.js";
import "./form.js";
