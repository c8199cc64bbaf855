// What is typed and not saved yet, kept in the browser: a reload or a killed preview loses nothing.

const PREFIX = "columncast-draft:";

export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify({ ...value, at: Date.now() }));
  } catch {
    // The browser keeps nothing for us: what is typed lives as long as the page.
  }
}

export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export const timeOf = (draft) => new Date(draft.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
