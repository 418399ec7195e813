// The page: takes files from the chooser, a drop or the clipboard, and gives each a card. Pictures go to the server a few at a time.
import { readLabels, readModel } from "./api.js";
import { Card, megabytes } from "./card.js";

const AT_ONCE = 3;
const find = id => document.getElementById(id);
const zone = find("zone"), input = find("files"), list = find("cards"), status = find("status");
const cards = new Set(), waiting = [];
let running = 0;

const model = { maxFileBytes: Infinity, heatMaps: true, threshold: 0.5, labels: 0, examples: [] };
let offered = "";
let connected = connect();

async function connect() {
  const line = find("model");
  try {
    Object.assign(model, await readModel());
    line.replaceChildren(text(model.architecture), text(`· ${model.labels} labels`, "more"));
    line.dataset.state = "ready";
    find("labels").querySelector("summary").textContent = model.labels === 1 ? "The label that it knows" : `The ${model.labels} labels that it knows`;
    find("labels").hidden = false;
    offer(model.examples);
    find("hint").textContent = `JPEG, PNG, GIF, BMP or WebP, up to ${megabytes(model.maxFileBytes)}`;
  } catch (error) {
    line.replaceChildren(text(error.message));
    line.dataset.state = "failed";
  }
}

function text(content, className = "") {
  return Object.assign(document.createElement("span"), { textContent: content, className });
}

/** Pictures of the server, as buttons. */
function offer(addresses) {
  if (offered === addresses.join()) {
    return;
  }

  offered = addresses.join();
  const place = find("examples");
  place.querySelectorAll("button").forEach(button => button.remove());
  place.hidden = addresses.length === 0;
  for (const address of addresses) {
    const name = decodeURIComponent(address.split("/").pop()), button = Object.assign(document.createElement("button"), { type: "button", className: "example" });
    button.append(Object.assign(document.createElement("img"), { src: address, alt: `Try ${name}` }));
    button.addEventListener("click", async () => {
      try {
        const picture = await (await fetch(address)).blob();
        add([new File([picture], name, { type: picture.type })]);
      } catch {
        say(`${name} cannot be read`);
      }
    });
    place.append(button);
  }
}

async function listLabels() {
  if (find("labels").open) {
    try {
      find("labels").querySelector("p").textContent = (await readLabels()).join(", ");
    } catch (error) {
      find("labels").querySelector("p").textContent = error.message;
    }
  }
}

function add(files) {
  connected = connect(); // the model may have been replaced
  const before = list.firstChild; // the newest on top, in the order they were chosen
  for (const file of files) {
    const card = new Card(file, { onRemove: remove, onAgain: again, say });
    cards.add(card);
    list.insertBefore(card.element, before);
    enqueue(card);
  }

  count();
}

function again(card) {
  connected = connect();
  enqueue(card);
}

function enqueue(card) {
  waiting.push(card);
  pump();
}

async function pump() {
  await connected;
  while (running < AT_ONCE && waiting.length > 0) {
    const card = waiting.shift();
    running++;
    card.classify(model).finally(() => {
      running--;
      pump();
    });
  }
}

function remove(card) {
  cards.delete(card);
  const next = card.element.nextElementSibling ?? card.element.previousElementSibling;
  card.dispose();
  count();
  (next?.querySelector(".remove") ?? input).focus();
}

function count() {
  find("results").hidden = cards.size === 0;
  document.body.classList.toggle("has-results", cards.size > 0);
  find("count").textContent = cards.size === 1 ? "1 picture" : `${cards.size} pictures`;
}

function say(text) {
  status.textContent = text;
}

input.addEventListener("change", () => {
  add(input.files);
  input.value = ""; // the same file may be chosen again
});
find("labels").addEventListener("toggle", listLabels);
find("clear").addEventListener("click", () => [...cards].forEach(remove));
document.addEventListener("paste", event => add(event.clipboardData.files));
document.addEventListener("dragover", event => {
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", event => zone.classList.toggle("over", event.relatedTarget !== null));
document.addEventListener("drop", event => {
  event.preventDefault();
  zone.classList.remove("over");
  add(event.dataTransfer.files);
});
