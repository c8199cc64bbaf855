// What the page asks the server to change: each request carries the token of this session.

let token = "";

async function fetchToken() {
  const answer = await fetch("/token", { cache: "no-store" });
  token = (await answer.json()).token;
}

// Post *body* to *path*; a page of an earlier session learns the token of this one.
export async function post(path, body, headers = {}) {
  for (let tries = 0; ; tries += 1) {
    if (!token) await fetchToken();
    const answer = await fetch(path, {
      method: "POST", body, headers: { ...headers, "X-Columncast-Token": token },
    });
    if (answer.status !== 403 || tries) return answer;
    token = "";
  }
}

// Post *body*, and return what was answered, with the status; null: nobody answered.
export async function ask(path, body) {
  try {
    const answer = await post(path, body);
    const saved = answer.headers.get("X-Columncast-Basis") ?? "";
    return { status: answer.status, ok: answer.ok, basis: saved, ...(await answer.json()) };
  } catch {
    return { status: 0, ok: false, error: "the preview does not answer; run columncast preview again" };
  }
}

// Send the *file* as a *kind* of file, and return what it is called there.
export async function upload(kind, file) {
  try {
    const answer = await post(`/upload/${kind}`, file, { "X-Columncast-Name": encodeURIComponent(file.name) });
    return await answer.json();
  } catch {
    return { error: `${file.name} did not arrive; try it again` };
  }
}
