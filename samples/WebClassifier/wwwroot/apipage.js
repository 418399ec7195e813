// The OpenAPI document as a page: addresses, what they take, what they answer, and a line to type.
const here = new URL(".", location.href).href;

function element(name, text = "", className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

function table(titles, rows) {
  const table = element("table"), head = table.createTHead().insertRow(), body = table.createTBody();
  head.append(...titles.map(title => Object.assign(element("th", title), { scope: "col" })));
  for (const row of rows) {
    const line = body.insertRow();
    line.append(Object.assign(element("th", row[0]), { scope: "row" }), ...row.slice(1).map(cell => element("td", cell)));
  }

  return table;
}

function curl(method, path, operation) {
  return method === "get" ? `curl ${here}${path.slice(1)}` : `curl --form files=@photo.jpg ${here}${path.slice(1)}`;
}

function show(path, method, operation) {
  const section = element("section", "", "operation"), heading = element("h2");
  heading.append(element("code", method.toUpperCase(), "method"), " ", element("code", path));
  section.append(heading, element("p", [operation.summary, operation.description].filter(Boolean).join(" ")), element("pre", curl(method, path, operation)));
  if (operation.parameters?.length > 0) {
    section.append(table(["parameter", "what it is"], operation.parameters.map(parameter => [parameter.name, parameter.description ?? ""])));
  }

  if (operation.requestBody) {
    section.append(element("p", `Body: ${operation.requestBody.description ?? ""} (${Object.keys(operation.requestBody.content).join(", ")})`));
  }

  section.append(table(["status", "answer"], Object.entries(operation.responses).map(([status, response]) => [status, response.description ?? ""])));
  return section;
}

const target = document.getElementById("operations");
try {
  const response = await fetch("openapi/v1.json");
  const { paths } = await response.json();
  target.replaceChildren(...Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => show(path, method, operation))));
} catch {
  target.replaceChildren(element("p", "The description cannot be read. Reload the page to try again."));
}
