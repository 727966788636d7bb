// The YAML editor of the workbench: a plain text field with line numbers, mistakes beside the line, and completion from
// a JSON Schema. A text field, because every screen reader, keyboard and input method knows one; Tab leaves it, as it
// leaves any field. What is wrong is told by the lab itself, in the words of the command line.

const PAUSE = 350; // ms of no typing before the lab is asked what it thinks
const MOST = 12; // offers shown at a time

export default function (component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".editor");
  if (!root) return undefined;
  const it = (root.it ??= begin(root));
  it.data = data;
  it.send = (text) => setStateValue("text", text);
  it.save = (text) => setTriggerValue("save", text);
  it.field.setAttribute("aria-label", data.label);
  root.style.setProperty("--high", `${data.height}px`);
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value);
  root.lang = data.language;
  root.dir = data.direction;
  if (it.version !== data.version) {
    it.version = data.version;
    it.field.value = data.text;
    it.sent = data.text;
    it.field.setSelectionRange(0, 0);
    it.field.scrollTop = 0;
  }
  paint(it);
  tell(it);
  return () => clearTimeout(it.waiting);
}

function begin(root) {
  const find = (css) => root.querySelector(css);
  const it = { root, field: find(".text"), ink: find(".ink"), gutter: find(".gutter"), offers: find(".offers"),
    below: find(".below ol"), state: find(".state"), found: [], chosen: 0, waiting: 0 };
  it.field.addEventListener("input", () => { typed(it); offer(it, false); });
  it.field.addEventListener("scroll", () => follow(it));
  it.field.addEventListener("keydown", (event) => pressed(it, event));
  it.field.addEventListener("blur", () => { close(it); hand(it); });
  it.field.addEventListener("click", () => close(it));
  it.offers.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) accept(it, it.found[Number(item.dataset.n)]);
  });
  return it;
}

// --- the text and what stands beside it -----------------------------------------------------------------------------

function typed(it) {
  paint(it);
  clearTimeout(it.waiting);
  it.waiting = setTimeout(() => hand(it), PAUSE);
}

function hand(it) {
  clearTimeout(it.waiting);
  if (it.field.value === it.sent) return;
  it.sent = it.field.value;
  it.send(it.sent);
}

function wrongOn(it) {
  const on = new Map();
  if (it.field.value !== it.data.checked) return it.marks ?? on; // of a text that is not the one here any more
  for (const one of it.data.problems) if (!on.has(one.line)) on.set(one.line, one.message);
  it.marks = on;
  return on;
}

function paint(it) {
  const lines = it.field.value.split("\n");
  const wrong = wrongOn(it);
  it.ink.replaceChildren(...lines.map((line, n) => lineOf(line, wrong.get(n + 1), it.data)));
  it.gutter.replaceChildren(...lines.map((_line, n) => {
    const number = document.createElement("div");
    number.textContent = wrong.has(n + 1) ? `● ${n + 1}` : String(n + 1);
    if (wrong.has(n + 1)) number.className = "wrong";
    return number;
  }));
  it.field.toggleAttribute("aria-invalid", wrong.size > 0);
  if (wrong.size) it.field.setAttribute("aria-invalid", "true");
  follow(it);
}

const PARTS = /(#.*$)|("(?:[^"\\]|\\.)*"|'[^']*')|((?:^|(?<=[\s{,-]))[^\s{}[\],:#"'-][^{}[\],:#"']*:(?=\s|$))/g;

function lineOf(line, told, data) {
  const row = document.createElement("span");
  row.className = told ? "line wrong" : "line";
  let at = 0;
  for (const part of line.matchAll(PARTS)) {
    if (part[1] && part.index > 0 && !/\s/.test(line[part.index - 1])) continue;
    row.append(line.slice(at, part.index), piece(part[0], part[1] ? "remark" : part[2] ? holed(part[2]) : "key"));
    at = part.index + part[0].length;
  }
  row.append(line.slice(at) || (line ? "" : "\u200b"));
  if (told) {
    const words = piece(told, "told");
    words.dir = data.direction;
    row.append(words);
  }
  return row;
}

const holed = (text) => (text.includes("{{") ? "hole" : "string");

function piece(text, kind) {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}

function follow(it) {
  it.ink.style.transform = `translate(${-it.field.scrollLeft}px, ${-it.field.scrollTop}px)`;
  it.gutter.scrollTop = it.field.scrollTop;
}

/** What is wrong, as a list below the text: each leads to its line. */
function tell(it) {
  const { problems, words } = it.data;
  it.state.textContent = problems.length ? words.wrong : words.sound;
  it.below.replaceChildren(...problems.map((one) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.message;
    button.addEventListener("click", () => show(it, one.line));
    item.append(button);
    return item;
  }));
}

function show(it, line) {
  const lines = it.field.value.split("\n");
  const at = lines.slice(0, Math.max(line - 1, 0)).join("\n").length + (line > 1 ? 1 : 0);
  it.field.focus();
  it.field.setSelectionRange(at, at + (lines[line - 1] ?? "").length);
  it.field.scrollTop = Math.max((line - 4) * 21, 0);
}

function pressed(it, event) {
  const open = !it.offers.hidden;
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    hand(it);
    it.save(it.field.value);
  } else if (event.ctrlKey && event.code === "Space") {
    event.preventDefault();
    offer(it, true);
  } else if (event.key === "F8") {
    event.preventDefault();
    const here = it.field.value.slice(0, it.field.selectionStart).split("\n").length;
    const lines = it.data.problems.map((one) => one.line);
    if (lines.length) show(it, lines.find((line) => line > here) ?? lines[0]);
  } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(it, it.chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (open && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey) {
    event.preventDefault();
    accept(it, it.found[it.chosen]);
  } else if (open && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(it);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.isComposing) {
    event.preventDefault();
    const line = it.field.value.slice(0, it.field.selectionStart).split("\n").pop();
    const deeper = /^\s*(- )?[^#]*:\s*$/.test(line) ? "  " : "";
    insert(it, "\n" + " ".repeat(/^\s*(- (?=.*:))?/.exec(line)[0].length) + deeper, 0);
  } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") close(it);
}

/** Put words in place of so many letters before the cursor, so that they can be undone like typing. */
function insert(it, words, instead) {
  const { field } = it;
  if (instead) field.setSelectionRange(field.selectionStart - instead, field.selectionEnd);
  field.focus();
  if (!document.execCommand("insertText", false, words)) {
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    typed(it);
  }
}

// --- completion -----------------------------------------------------------------------------------------------------

function offer(it, asked) {
  const { field, data } = it;
  if (field.selectionStart !== field.selectionEnd) return close(it);
  const here = whereIs(field.value, field.selectionStart);
  const all = here ? offersFor(data, here) : [];
  const begun = here ? here.begun.toLowerCase() : "";
  const fits = all.filter((one) => one.name.toLowerCase().startsWith(begun) && one.name !== here.begun);
  const more = begun ? all.filter((one) => !fits.includes(one)
    && `${one.name} ${one.told ?? ""}`.toLowerCase().includes(begun) && one.name !== here.begun) : [];
  it.found = [...fits, ...more];
  it.begun = here ? here.begun.length : 0;
  if (!it.found.length || (!asked && !begun && !here.fresh)) return close(it);
  it.offers.replaceChildren(...it.found.map((one, n) => {
    const item = document.createElement("li");
    item.id = `offer-${n}`;
    item.dataset.n = n;
    item.setAttribute("role", "option");
    item.append(one.name);
    if (one.told) {
      const words = document.createElement("small");
      words.textContent = one.told;
      item.append(words);
    }
    return item;
  }));
  it.offers.hidden = false;
  it.offers.setAttribute("aria-label", data.words.offers);
  place(it, here);
  it.state.textContent = data.words.found.replace("{n}", it.found.length);
  return choose(it, 0);
}

function place(it, here) {
  const line = it.field.value.slice(0, it.field.selectionStart).split("\n").length - 1;
  const probe = document.createElement("span");
  probe.textContent = it.field.value.split("\n")[line].slice(0, here.column - it.begun);
  probe.style.cssText = "visibility:hidden;position:absolute;white-space:pre";
  it.ink.append(probe);
  const wide = probe.getBoundingClientRect().width;
  probe.remove();
  const y = (line + 1) * 21 + 10 - it.field.scrollTop;
  const room = it.field.clientHeight;
  const below = y + 120 < room;
  it.offers.style.left = `${Math.max(Math.min(8 + wide - it.field.scrollLeft, it.field.clientWidth - 240), 0)}px`;
  it.offers.style.top = below ? `${y}px` : "";
  it.offers.style.bottom = below ? "" : `${room - y + 24}px`;
  it.offers.style.maxHeight = `${Math.max(Math.min(below ? room - y - 10 : y - 40, 232), 90)}px`;
}

function choose(it, n) {
  it.chosen = (n + it.found.length) % it.found.length;
  [...it.offers.children].forEach((item, at) => {
    item.setAttribute("aria-selected", String(at === it.chosen));
    if (at === it.chosen) item.scrollIntoView({ block: "nearest" });
  });
  it.field.setAttribute("aria-activedescendant", `offer-${it.chosen}`);
}

function accept(it, one) {
  if (!one) return;
  close(it);
  insert(it, one.insert ?? one.name, it.begun);
}

function close(it) {
  it.offers.hidden = true;
  it.field.removeAttribute("aria-activedescendant");
}

/** Where in the document the cursor is: the way there, what is begun, which keys stand beside it. */
function whereIs(text, at) {
  const lines = text.split("\n");
  const n = text.slice(0, at).split("\n").length - 1;
  const line = text.slice(0, at).split("\n").pop();
  if (/^\s*#|\s#/.test(line.replace(/"[^"]*"|'[^']*'/g, ""))) return null;
  const hole = /\{\{\s*([\w.]*)$/.exec(line);
  if (hole) return { hole: true, begun: hole[1], column: line.length, fresh: true };
  const [, white, dashes, rest] = /^(\s*)((?:- +)*)(.*)$/.exec(line);
  const column = white.length + dashes.length;
  const { path, start } = above(lines, n, column, dashes ? white.length : -1);
  const flow = inBraces(rest);
  const column_ = line.length;
  if (flow) {
    return { path: [...path, ...flow.path], key: flow.key, begun: flow.begun, beside: flow.beside, column: column_,
      fresh: flow.begun === "", inline: true };
  }
  const pair = /^([^:\s][^:]*):\s+(.*)$/.exec(rest);
  if (pair) return { path, key: pair[1], begun: pair[2], beside: [], column: column_, fresh: pair[2] === "" };
  if (/:$/.test(rest)) return null;
  return { path, key: null, begun: rest, beside: beside(lines, n, column, start), column: column_, fresh: !!dashes };
}

function keyOf(line) {
  const found = /^(\s*)((?:- +)*)(?:"([^"]+)"|([^\s#:{["'][^:]*)):(?:\s|$)/.exec(line);
  return found && { white: found[1].length, column: found[1].length + found[2].length, dash: !!found[2],
    name: found[3] ?? found[4] };
}

/** The keys that a line stands under, from the root; "*" is an item of a list. */
function above(lines, n, column, dashed) {
  const path = [];
  let inside = column;
  let start = dashed >= 0 ? n : -1;
  if (dashed >= 0) { path.unshift("*"); inside = dashed; }
  for (let i = n - 1; i >= 0; i -= 1) {
    const key = keyOf(lines[i]);
    if (!key) continue;
    if (key.column < inside || (path[0] === "*" && dashed >= 0 && key.column === inside && !key.dash)) {
      path.unshift(key.name);
      inside = key.column;
      if (key.dash) { path.unshift("*"); inside = key.white; }
      dashed = key.dash ? key.white : -1;
    } else if (key.dash && key.column === inside && key.white < inside) {
      path.unshift("*"); // the item that this key belongs to
      if (start < 0) start = i;
      inside = key.white;
      dashed = key.white;
    }
  }
  return { path, start };
}

/** The other keys of the same part. */
function beside(lines, n, column, _start) {
  const found = [];
  for (const step of [-1, 1]) {
    for (let i = n; i >= 0 && i < lines.length; i += step) {
      if (!lines[i].trim() || /^\s*#/.test(lines[i])) continue;
      const key = keyOf(lines[i]);
      const white = /^\s*/.exec(lines[i])[0].length;
      if (i !== n && key && key.column === column) {
        if (step === 1 && key.dash) break;
        found.push(key.name);
      }
      if (step === -1 && /^\s*- /.test(lines[i]) && white < column) break; // where the item begins
      if (i !== n && white < column && !(key && key.column === column)) break;
    }
  }
  return found;
}

/** Inside { … } on one line: the keys that lead there, and whether a key or a value is due. */
function inBraces(rest) {
  const open = [];
  let word = "";
  let key = null;
  let quoted = "";
  for (const c of rest) {
    if (quoted) { if (c === quoted) quoted = ""; word += c; continue; }
    if (c === '"' || c === "'") { quoted = c; word += c; } else if (c === "{" || c === "[") {
      open.push({ key: key ?? word.replace(/:\s*$/, "").trim(), list: c === "[", beside: [] });
      word = ""; key = null;
    } else if (c === "}" || c === "]") { open.pop(); word = ""; key = null; } else if (c === ",") {
      if (open.length && key) open.at(-1).beside.push(key);
      word = ""; key = null;
    } else if (c === ":" && key === null) { key = word.trim(); word = ""; } else word += c;
  }
  if (!open.length) return null;
  const path = open.flatMap((one) => [...(one.key ? [one.key] : []), ...(one.list ? ["*"] : [])]);
  return { path, key: open.at(-1).list ? null : key, begun: word.trimStart(), beside: open.at(-1).beside };
}

/** What can stand there, by the schema and by the words that the lab knows. */
function offersFor(data, here) {
  if (here.hole) return (data.names["{{"] ?? []).map((one) => ({ ...one, insert: `${one.name}}}` }));
  const last = here.path.at(-1);
  const known = data.names[here.key ?? (last === "*" ? here.path.at(-2) : last)] ?? [];
  let shapes = expand(data.schema, [data.schema]);
  for (const part of here.path) shapes = expand(data.schema, shapes.flatMap((one) => under(one, part)));
  if (here.key !== null) {
    const values = expand(data.schema, shapes.flatMap((one) => under(one, here.key)));
    const plain = values.flatMap((one) => one.enum ?? ("const" in one ? [one.const] : []));
    const valued = (data.names[`${here.key}:`] ?? []);
    return once([...plain.map((value) => ({ name: String(value) })), ...valued,
      ...values.filter((one) => one.type === "array").flatMap((one) => items(data, one))]);
  }
  const listed = shapes.flatMap((one) => one.enum ?? []).map((value) => ({ name: String(value) }));
  const maps = shapes.filter((one) => one.properties);
  const fit = maps.filter((one) => here.beside.every((key) => key in one.properties));
  const found = new Map();
  for (const shape of fit.length ? fit : maps) {
    for (const [name, told] of Object.entries(shape.properties)) {
      if (here.beside.includes(name)) continue;
      const must = (shape.required ?? [])[0] === name; // a step's verb stands first
      const words = data.told[name] ?? told.description ?? (must && fit.length !== 1 ? shape.description : undefined);
      if (!found.has(name) || must) found.set(name, { name, told: words, must, insert: `${name}: ` });
    }
  }
  const keys = [...found.values()].sort((a, b) => Number(b.must) - Number(a.must));
  const dataKeys = here.path.length && !maps.some((one) => here.beside.length && one.properties)
    ? known.map((one) => ({ ...one, insert: last === "*" || !isMap(shapes) ? one.name : one.insert ?? `${one.name}: ` }))
    : [];
  return once([...dataKeys, ...listed, ...keys]);
}

const once = (found) => [...new Map(found.map((one) => [one.name, one]).reverse()).values()].reverse();
const isMap = (shapes) => shapes.some((one) => one.type === "object");
const items = (data, one) => expand(data.schema, one.items ? [one.items] : [])
  .flatMap((item) => item.enum ?? []).map((value) => ({ name: `[${value}]` }));

/** A schema's alternatives, without references. */
function expand(root, schemas, depth = 0) {
  if (depth > 12) return [];
  return schemas.flatMap((one) => {
    if (!one || typeof one !== "object") return [];
    if (one.$ref) {
      const there = one.$ref.split("/").slice(1).reduce((at, part) => at?.[part], root);
      return expand(root, [there], depth + 1);
    }
    const ways = one.anyOf ?? one.oneOf ?? one.allOf;
    return ways ? expand(root, ways, depth + 1) : [one];
  });
}

/** The schemas of a key, or of a list's items. */
function under(shape, part) {
  if (part === "*") return shape.items ? [shape.items] : [];
  if (shape.properties && part in shape.properties) return [shape.properties[part]];
  for (const [pattern, one] of Object.entries(shape.patternProperties ?? {})) {
    if (new RegExp(pattern).test(part)) return [one];
  }
  return typeof shape.additionalProperties === "object" ? [shape.additionalProperties] : [];
}
