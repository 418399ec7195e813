// One picture: what the server says of it, and the heat map of the label that is pressed.
import { classify } from "./api.js";
import { paint } from "./heatmap.js";

const template = document.getElementById("card");
const LIKELY = 0.85;
const percent = value => (value > 0 && value < 0.005 ? "< 1 %" : `${Math.round(value * 100)} %`);
export const megabytes = bytes => `${bytes < 1e7 ? (bytes / 1e6).toFixed(1) : Math.floor(bytes / 1e6)} MB`;

export class Card {
  #file; #url; #find; #events; #maps = new Map(); #label = null; #wantsMap = true; #ended = new AbortController();

  constructor(file, events) {
    this.#file = file;
    this.#events = events;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#find = selector => this.element.querySelector(selector);
    this.#url = URL.createObjectURL(file);
    const image = this.#find("img");
    image.addEventListener("load", () => this.#find(".stack").style.setProperty("--ratio", image.naturalWidth / image.naturalHeight));
    image.addEventListener("error", () => this.element.classList.add("broken"));
    image.alt = file.name;
    image.src = this.#url;
    this.#find(".file").textContent = file.name;
    this.#find(".labels").setAttribute("aria-label", `Labels of ${file.name}`);
    const remove = this.#find(".remove");
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => events.onRemove(this));
    this.#find(".again").addEventListener("click", () => events.onAgain(this));
    this.#find(".switch").addEventListener("click", () => this.#toggle());
    this.element.setAttribute("aria-busy", "true");
  }

  async classify(model) {
    if (this.#ended.signal.aborted) {
      return;
    }

    this.#busy(true);
    this.element.classList.toggle("no-maps", !model.heatMaps);
    this.element.classList.remove("failed");
    this.#find(".failure").hidden = true;
    try {
      if (this.#file.size > model.maxFileBytes) {
        throw new Error(`This file has ${megabytes(this.#file.size)}: send a smaller picture, of at most ${megabytes(model.maxFileBytes)}.`);
      }

      this.#show(await classify(this.#file, String(model.heatMaps), this.#ended.signal), model);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy(false);
    }
  }

  dispose() {
    this.#ended.abort();
    URL.revokeObjectURL(this.#url);
    this.element.remove();
  }

  // Never "sure": the network divides its certainty among the labels that it knows, whatever the picture shows.
  #show({ predictions, heatMap }, { heatMaps, threshold }) {
    const best = predictions[0], known = best.probability >= threshold;
    this.#find(".answer").textContent = known ? best.label : "Not sure";
    this.#find(".sure").textContent = known ? (best.probability >= LIKELY ? "likely" : "perhaps") : `perhaps ${best.label}`;
    this.#find(".labels").replaceChildren(...predictions.map(prediction => this.#row(prediction, heatMaps)));
    this.#events.say(`${this.#file.name}: ${known ? "" : "not sure, perhaps "}${best.label}, ${percent(best.probability)}`);
    if (heatMap) {
      this.#maps.set(heatMap.label, heatMap);
      if (heatMap.label === best.label) {
        this.#paint(best.label);
      } else {
        this.#ask(best.label); // of a model with a label “true”, whose map this is
      }
    }
  }

  #row({ label, probability }, canMap) {
    const row = document.createElement("button");
    const part = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });
    const bar = part("bar", ""), fill = part("fill", "");
    fill.style.width = `${probability * 100}%`;
    bar.append(fill);
    Object.assign(row, { type: "button", className: "label", disabled: !canMap, title: canMap ? `Show where it sees “${label}”` : "" });
    row.append(part("name", label), bar, part("percent", percent(probability)));
    row.dataset.label = label;
    row.setAttribute("aria-pressed", "false");
    row.addEventListener("click", () => this.#ask(label));
    return row;
  }

  async #ask(label) {
    this.#label = label; // the last one pressed wins
    if (!this.#maps.has(label)) {
      this.#busy(true);
      try {
        const { heatMap } = await classify(this.#file, label, this.#ended.signal);
        this.#maps.set(label, heatMap);
      } catch (error) {
        this.#fail(error);
        return;
      } finally {
        this.#busy(false);
      }
    }

    if (this.#label === label) {
      this.#wantsMap = true;
      this.#paint(label);
      this.#events.say(`Heat map of ${label}`);
    }
  }

  #paint(label) {
    this.#label = label;
    paint(this.#find("canvas"), this.#maps.get(label), this.#find("img"));
    for (const row of this.element.querySelectorAll(".label")) {
      row.setAttribute("aria-pressed", String(row.dataset.label === label));
    }

    this.#update();
  }

  #toggle() {
    this.#wantsMap = !this.#wantsMap;
    this.#update();
  }

  #update() {
    this.#find(".switch").setAttribute("aria-checked", String(this.#wantsMap));
    this.element.classList.toggle("shows-map", this.#wantsMap && this.#maps.has(this.#label));
  }

  #busy(isBusy) {
    this.element.setAttribute("aria-busy", String(isBusy));
  }

  #fail(error) {
    if (error.name === "AbortError") {
      return; // the card was removed
    }

    this.element.classList.add("failed");
    this.element.classList.remove("shows-map");
    const failure = this.#find(".failure");
    failure.hidden = false;
    failure.querySelector("p").textContent = error.message;
    failure.querySelector(".again").hidden = !error.mayPass; // the same file would be refused again
  }
}
