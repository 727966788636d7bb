/* Covers what is typed wherever the page shows it, from its first moment and for as long as it stands: in fields, and where
 * the page repeats it. Runs in a world of its own, which the page's scripts cannot see; no node is touched, no box changes its
 * size. Calling khutwaCover(values) adds values to be covered; a value that the page splits into pieces is covered by its words.
 * What a page repeats while it is still being typed is covered letter by letter. khutwaUncover() takes everything off again.
 */
() => {
  if (globalThis.khutwaCover) return;
  const typed = ':is(input:not([type=submit],[type=button],[type=reset],[type=image],[type=checkbox],[type=radio],[type=range],[type=color]),textarea,select,[contenteditable]:not([contenteditable=false]))';
  const FIELDS = `
    ${typed}, ${typed} :not(option) { color: transparent !important; -webkit-text-fill-color: transparent !important;
      text-shadow: none !important; -webkit-text-stroke: 0 !important; }
    ${typed}:not(:placeholder-shown) { text-decoration: line-through .8em #777 !important; text-decoration-skip-ink: none !important; }
    ${typed}::selection, ${typed} ::selection { color: transparent !important; -webkit-text-fill-color: transparent !important; }
    ${typed}::placeholder { -webkit-text-fill-color: currentcolor !important; }
    ::file-selector-button { color: ButtonText !important; -webkit-text-fill-color: ButtonText !important; }
    ::-webkit-datetime-edit, ::-webkit-datetime-edit-fields-wrapper, ::-webkit-datetime-edit-text,
    ::-webkit-datetime-edit-year-field, ::-webkit-datetime-edit-month-field, ::-webkit-datetime-edit-day-field,
    ::-webkit-datetime-edit-hour-field, ::-webkit-datetime-edit-minute-field, ::-webkit-datetime-edit-second-field,
    ::-webkit-datetime-edit-millisecond-field, ::-webkit-datetime-edit-ampm-field, ::-webkit-datetime-edit-week-field
      { color: transparent !important; -webkit-text-fill-color: transparent !important; }
    ::highlight(khutwa-given) { color: transparent; -webkit-text-fill-color: transparent; text-shadow: none;
      background-color: #777; }`;
  const values = new Set();
  let typing = '';
  let page = null, sheet = null, said = null, marks = null, wanted = null, needles = [], inDrawing = false;

  const quoted = text => text.replace(/[.*+?^${}()|[\]\\\/-]/g, '\\$&');
  const SPACE = '[^\\p{L}\\p{N}]{0,3}\\u0640?';
  const DIGIT = /[0-9\u0660-\u0669\u06f0-\u06f9]/;
  const letters = text => Array.from(text.normalize('NFC')).filter(c => /[\p{L}\p{N}]/u.test(c) && c !== '\u0640');
  const folded = text => {
    const small = text.toLowerCase();
    const plain = /[\u0660-\u06f9]/.test(small) ? small.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, c => c.charCodeAt(0) & 15) : small;
    return plain.replace(/[^\p{L}\p{N}]+|\u0640/gu, '');
  };
  const one = c => {
    if (!DIGIT.test(c)) return quoted(c);
    const n = c.charCodeAt(0) & 15;
    return `[${n}${String.fromCharCode(0x660 + n)}${String.fromCharCode(0x6f0 + n)}]`;
  };
  const pattern = text => {
    const found = letters(text), inside = found.map(one).join(SPACE);
    return found.length < 4 ? `(?<![\\p{L}\\p{N}])${inside}(?![\\p{L}\\p{N}])` : inside;
  };
  const forms = value => {
    const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value), shapes = [value];
    if (date) {
      const [, year, month, day] = date, short = text => String(Number(text));
      shapes.push(day + month + year, month + day + year, `${short(day)} ${short(month)} ${year}`, `${short(month)} ${short(day)} ${year}`);
    } else shapes.push(...value.split(/\s+/).filter(word => letters(word).length > 2));
    return shapes.filter(shape => letters(shape).length > (value === typing ? 0 : 1));
  };
  const dress = () => {
    const words = [...values, typing].flatMap(value => [value, ...value.split(/\s+/)]).filter(word => word.length > 1 || (word && word === typing)).map(word => JSON.stringify(word));
    const own = words.map(word => `input[value*=${word} i]:is([type=submit],[type=button],[type=reset]) {color: transparent !important;}
      :is(#khutwa#khutwa#khutwa, [placeholder*=${word} i])::placeholder {color: transparent !important; -webkit-text-fill-color: transparent !important;}`);
    // A highlight does not reach the letters of a drawing: where one repeats a value, none of its words is shown.
    if (inDrawing) own.push('svg text, svg text * { fill: transparent !important; stroke: transparent !important; }');
    said.replaceSync(`@layer khutwa { ${own.join('\n')} }`);  // apart from the rest: it changes with every key
  };
  const mark = text => {
    const bare = folded(text.data);
    if (!bare || !needles.some(needle => bare.includes(needle))) return;  // many times as fast as the pattern
    wanted.lastIndex = 0;
    for (let hit; (hit = wanted.exec(text.data)); ) {
      const range = text.ownerDocument.createRange();
      range.setStart(text, hit.index);
      range.setEnd(text, hit.index + hit[0].length);
      marks.add(range);
      if (!inDrawing && text.parentNode instanceof SVGElement) { inDrawing = true; dress(); }
    }
  };
  const scan = node => {
    if (node.nodeType === 3) { if (wanted) mark(node); return; }
    if (node.nodeType !== 1 && node.nodeType !== 9 && node.nodeType !== 11) return;
    const walker = document.createTreeWalker(node, wanted ? 5 : 1);
    for (let at = node; at; at = walker.nextNode()) {
      if (at.nodeType === 3) mark(at);
      else if (at.shadowRoot) enter(at.shadowRoot);
    }
  };
  const roots = new Set(), heard = [];
  const hear = (kind, take) => { addEventListener(kind, take, true); heard.push([kind, take]); };
  const wear = root => {
    const worn = root.adoptedStyleSheets;
    if (!worn.includes(sheet) || !worn.includes(said)) root.adoptedStyleSheets = [...worn.filter(one => one !== sheet && one !== said), sheet, said];
  };
  const seen = new MutationObserver(changes => {
    ready();
    const added = new Set();
    for (const change of changes) {
      if (change.type === 'characterData') scan(change.target);
      else for (const node of change.addedNodes) added.add(node);
    }
    for (const node of added) if (!added.has(node.parentNode)) scan(node);  // a page comes node by node
  });
  const enter = root => {
    wear(root);
    if (!roots.has(root)) { roots.add(root); seen.observe(root, { subtree: true, childList: true, characterData: true }); }
    scan(root);
  };
  const ready = () => {
    if (page !== document) {  // a window may be given another document under our feet
      page = document;
      inDrawing = false;
      sheet = new CSSStyleSheet();
      said = new CSSStyleSheet();
      sheet.replaceSync(`@layer khutwa { ${FIELDS} }`);
      marks = new Highlight();
      dress();
      seen.observe(page, { subtree: true, childList: true, characterData: true });
      wear(page);
      CSS.highlights.set('khutwa-given', marks);
      scan(page);
    } else wear(page);
  };
  const before = event => {  // a field may lie in a shadow that came after its host
    ready();
    for (const at of event.composedPath()) if (at.host && at.adoptedStyleSheets) enter(at);
  };
  for (const kind of ['focusin', 'keydown', 'pointerdown', 'beforeinput']) hear(kind, before);
  const want = () => {
    const known = [...values, typing].flatMap(forms), shapes = known.map(pattern).sort((a, b) => b.length - a.length);
    needles = Array.from(new Set(known.map(folded)));
    wanted = shapes.length ? new RegExp(shapes.join('|'), 'giu') : null;
  };
  const each = (frame, tell) => {  // the covers of all frames that this one may look into
    try { if (frame.khutwaTyping) tell(frame); for (let i = 0; i < frame.length; i++) each(frame[i], tell); } catch { /* another origin's */ }
  };
  globalThis.khutwaTyping = text => { typing = text; ready(); want(); dress(); };
  hear('input', event => {
    const field = event.composedPath()[0], text = String('value' in field ? field.value : field.textContent).slice(0, 300);
    let top = window;
    try { while (top.parent !== top && top.parent.khutwaTyping) top = top.parent; } catch { /* another origin's */ }
    each(top, frame => frame.khutwaTyping(text));
  });
  globalThis.khutwaUncover = () => {
    seen.disconnect();
    for (const [kind, take] of heard) removeEventListener(kind, take, true);
    for (const root of [page, ...roots]) root.adoptedStyleSheets = root.adoptedStyleSheets.filter(one => one !== sheet && one !== said);
    CSS.highlights.delete('khutwa-given');
    delete globalThis.khutwaCover; delete globalThis.khutwaTyping; delete globalThis.khutwaUncover;
  };
  globalThis.khutwaCover = more => {
    for (const value of more) values.add(value);
    want();
    ready();
    dress();
    marks.clear();
    if (wanted) scan(page);
    return true;
  };
  ready();
}
