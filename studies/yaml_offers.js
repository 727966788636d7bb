// What can stand where the cursor is: the place in the YAML, read from its lines alone (a text that is being written is
// seldom YAML), and what the JSON Schema and the lab's own words have for it. Joined to yaml_editor.js, which shows it.

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
