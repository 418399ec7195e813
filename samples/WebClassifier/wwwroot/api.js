// The server's side of the page. Errors are thrown with a text for the user.
const UNREACHABLE = "The server cannot be reached. Check the connection and try again.";
const PATIENCE = 4;

export async function readModel() {
  return answerOf(await ask("health/ready"));
}

export async function readLabels() {
  return (await answerOf(await ask("api/labels"))).labels;
}

/** An error that says whether the same again may help. */
class Failure extends Error {
  constructor(message, mayPass) {
    super(message);
    this.mayPass = mayPass;
  }
}

/** Classifies a picture; heatmap is "true", "false" or a label. Waits and asks again while the server is busy. */
export async function classify(file, heatmap, signal) {
  for (let attempt = 1; ; attempt++) {
    const form = new FormData();
    form.append("files", file, file.name);
    const response = await ask(`api/classify?top=5&heatmap=${encodeURIComponent(heatmap)}`, { method: "POST", body: form, signal });
    if ((response.status === 503 || response.status === 429) && attempt < PATIENCE) {
      const seconds = Number(response.headers.get("Retry-After")) || 1;
      await new Promise(done => setTimeout(done, seconds * 1000));
      signal.throwIfAborted();
      continue;
    }

    return (await answerOf(response)).images[0];
  }
}

async function ask(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Failure(UNREACHABLE, true);
  }
}

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Failure(answer.detail ?? `The server answered with status ${response.status}.`, response.status === 429 || response.status >= 500);
  }

  return answer;
}
