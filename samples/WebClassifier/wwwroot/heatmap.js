// Paints a heat map over a picture: the coarse map enlarged smoothly, dark violet to bright yellow, the weak places transparent.
const WIDTH = 512, MAP = 160;
const STOPS = [[59, 26, 107], [179, 48, 95], [244, 138, 28], [251, 243, 160]];

export function paint(canvas, map, image) {
  const ratio = image.naturalWidth > 0 ? image.naturalWidth / image.naturalHeight : 1;
  canvas.width = WIDTH;
  canvas.height = Math.max(1, Math.round(WIDTH / ratio));
  const context = canvas.getContext("2d");
  const x = map.left * canvas.width, y = map.top * canvas.height, width = map.width * canvas.width, height = map.height * canvas.height;

  // What the network did not see is dimmed.
  context.fillStyle = "rgb(0 0 0 / 34%)";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.clearRect(x, y, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(colored(map), x, y, width, height);
}

function colored({ edge, values }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = MAP;
  const pixels = new ImageData(MAP, MAP);
  for (let row = 0, at = 0; row < MAP; row++) {
    for (let column = 0; column < MAP; column++, at += 4) {
      const value = sample(values, edge, column / MAP * edge, row / MAP * edge); // place i looks around the left edge of the i-th part
      pixels.data.set(color(value), at);
    }
  }

  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** The map between its places, by a uniform cubic B-spline: smooth, and never outside of 0 to 1. */
function sample(values, edge, x, y) {
  const left = Math.floor(x), top = Math.floor(y), across = weights(x - left), down = weights(y - top);
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      sum += down[i] * across[j] * values[inside(top + i - 1, edge) * edge + inside(left + j - 1, edge)];
    }
  }

  return sum;
}

const inside = (index, edge) => Math.min(Math.max(index, 0), edge - 1);

function weights(t) {
  const s = 1 - t;
  return [s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6];
}

function color(value) {
  const place = Math.min(Math.max(value, 0), 1) * (STOPS.length - 1), stop = Math.min(Math.floor(place), STOPS.length - 2), share = place - stop;
  const alpha = Math.min(1, value * 1.25) * 190;
  return [...STOPS[stop].map((from, channel) => from + (STOPS[stop + 1][channel] - from) * share), alpha];
}
