/* The recorder: what a citizen does on a page, and what the page lets the citizen perceive, as a stream of messages.
 *
 * It leaves no global name and changes nothing on the page; what may be lost between two pages waits in the tab's session
 * storage. It runs before the page's own scripts, preloaded with `khutwaChannel` in scope, which takes one text (a robot's
 * browser), or as the page's first <script src=".../recorder.js" data-session="..."> (a participant's), which delivers to
 * r/SESSION beside itself; without data-session each tab is one. What is not acknowledged is sent again, if need be by the
 * tab's next page, to the sitting it is of. What a citizen types is never sent, and taken out of labels that repeat it.
 *
 * Every message is {p: page, n: number within the page, t: milliseconds since 1970, k: kind, …}:
 *   hello {u,o,top,lang,nav,ref}        a document was born; o = when its loading began
 *   paint                               first contentful paint
 *   usable {u,status,lang,dir,ms}       the page can be read and used; ms = {server,network,page}: where the time went
 *   again {u}                           the page came back from the browser's memory
 *   place {u}                           the address changed without a new page
 *   act {l,r,form?}                     something pressable was pressed; form when it is a submit button
 *   sent {of,u,f}                       a form was submitted; `of` = number of the act that caused it, if any
 *   give {field}                        the citizen supplied a datum: which one, never what
 *   fields {f:[field…]}                 the page asks for these, in document order
 *   refuse {field?,w}                   a validation message, tied to a field or to the page
 *   change {c:[[signature,scenery]…]}   something visible changed, and when the eye could see it
 *   sign {b,w,eye,ear} / signoff {b}    a lasting sign of working appeared / went
 *   net {i,bg} / netoff {i,status,ms?}  a request of the page's scripts began / ended; ms = {server,network}: where the time went
 *   long {d}                            the page's own script held everything up
 *   rest {of}                           nothing more seems to come of the latest act
 *   unload, bye                         the page is about to go, goes
 *   shown {on}                          the tab came before the citizen's eyes (1) or went from them (0)
 *   done {o}                            see recorder_task.js
 *   flushed                             all has been told (asked for by `khutwa:flush`)
 *   trouble {x}                         the recorder itself failed somewhere
 */
(() => {
  'use strict';
  const W = window;
  if (W === W.top && location.href === 'about:blank' && !W.opener) return;   // a tab nobody has used yet

  /* ---- before the page redefines it ---- */
  const perf = W.performance, RealObserver = W.MutationObserver, RealPerformanceObserver = W.PerformanceObserver;
  const later = W.setTimeout.bind(W), every = W.setInterval.bind(W), stop = W.clearTimeout.bind(W);
  const frame = W.requestAnimationFrame.bind(W), realFetch = W.fetch, { stringify, parse } = JSON;
  const sinceBirth = perf.now.bind(perf), birth = perf.timeOrigin, now = () => birth + sinceBirth();
  const moment = event => {   // when the hand moved, however busy the page was
    const t = birth + event.timeStamp;
    return event.timeStamp > 0 && t <= now() + 1 ? t : now();
  };

  /* ---- delivery ---- */
  const script = document.currentScript, settings = script && script.src && script.dataset;
  const channel = typeof khutwaChannel === 'function' ? khutwaChannel : null;
  const random = () => crypto.getRandomValues(new Uint32Array(3)).join('-'), page = random(), OURS = 'khutwa', SESSION = 'session of ' + OURS;
  const keep = (key, text) => { try { sessionStorage.setItem(key, text); } catch (_) { /* refused, or full */ } };
  const session = () => { let own; try { own = sessionStorage.getItem(SESSION); } catch (_) { /* refused */ } keep(SESSION, own = own || random()); return own; };
  const url = !channel && settings ? new URL('r/' + encodeURIComponent(settings.session || session()) + (settings.study ? '?study=' + encodeURIComponent(settings.study) : ''), script.src).href : '';
  const MOST = 4000, BEAT = channel ? 40 : 2000;   // messages kept while offline; ms between batches
  let number = 0, waiting = [], underway = [], flying = 0, pause = BEAT, timer = 0, troubles = 0;
  const plan = () => { if (!timer) timer = later(flush, pause); };
  const flush = () => {
    stop(timer); timer = 0;
    if (channel && waiting.length) { const batch = stringify(waiting); waiting = []; channel(batch); }
    while (url && waiting.length && underway.length < 6) send(waiting.splice(0, 100));
  };
  const post = (to, body, keepalive) => realFetch.call(W, to, { method: 'POST', body, keepalive, credentials: 'omit' }).then(r => r.ok || (r.status < 500 && r.status !== 429), () => false);
  const send = batch => {
    const body = stringify(batch), size = body.length;
    underway.push(batch); flying += size;
    post(url, body, flying < 25000).then(over => {
      underway = underway.filter(b => b !== batch); flying -= size;
      if (over) pause = BEAT; else { waiting.unshift(...batch); pause = Math.min(pause * 2, 30000); }
      if (over && waiting.length > 99) flush(); else if (waiting.length) plan();
    });
  };
  const tell = (kind, what, at, urgent) => {
    const message = { p: page, n: number++, t: Math.round((at || now()) * 10) / 10, k: kind, ...what };
    if (waiting.push(message) > MOST) waiting.shift();
    if (tail.push(message) > 40) tail.shift();
    if (urgent) flush(); else plan();
    return message;
  };
  const tail = [];   // the next page repeats what was cut off
  const leave = gone => {   // whether a beacon came nobody says
    if (gone && url && waiting.length) navigator.sendBeacon(url, stringify(waiting.slice(-50))); else flush();
    keep(OURS + page, stringify([url, channel ? tail : [...underway.flat(), ...waiting]]));
  };
  const inherit = () => {
    try {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith(OURS)) {
        const [to, rest] = parse(sessionStorage.getItem(key)), over = () => sessionStorage.removeItem(key);
        if (to === url) { waiting.push(...rest); over(); } else post(to, stringify(rest)).then(done => done && over());   // another sitting was in this tab
      }
    } catch (_) { /* refused */ }
  };
  const careful = f => function (...a) {   // a fault of ours must never become the page's
    try { return f.apply(this, a); } catch (fault) { if (troubles++ < 5) tell('trouble', { x: String(fault).slice(0, 120) }); }
  };
  const tasks = new MessageChannel();   // not throttled like a timer
  let afterwards = [];
  tasks.port1.onmessage = () => { const due = afterwards; afterwards = []; due.forEach(f => careful(f)()); };
  const afterThis = f => { afterwards.push(f); tasks.port2.postMessage(0); };

  /* ---- words and names ---- */
  const tidy = text => (text || '').replace(/\s+/g, ' ').trim();
  const typed = new Set();   // labels may repeat it
  const unsaid = text => { for (const own of typed) text = text.split(own).join('…'); return text; };
  const mask = text => unsaid(tidy(text)).replace(/\S+@\S+/g, '@').replace(/[0-9\u0660-\u0669\u06F0-\u06F9]+/g, '#').slice(0, 80);
  const place = address => {   // query and fragment may hold what was typed
    try { const u = new URL(address || '', document.baseURI); return /^https?:/.test(u.protocol) ? u.origin + unsaid(decodeURI(u.pathname)).replace(/[^/]*(\d[^/]*){4,}/g, ':id') : u.protocol; } catch (_) { return ''; }
  };
  const CONTROL = 'input,select,textarea,button,datalist,option,script,style,svg';
  const words = (node, not = CONTROL) => {   // an element's own words, not those of controls inside it
    if (!node) return '';
    let text = '';
    for (const child of node.childNodes) {
      if (child.nodeType === 3) text += child.data;
      else if (child.nodeType === 1 && !child.matches(not) && !child.hidden && child.getAttribute('aria-hidden') !== 'true') text += ' ' + words(child, not);
    }
    return tidy(text);
  };
  const read = node => words(node, CONTROL + ',.sr-only,.screen-reader-text,[class*=visually i]') || words(node);   // as the eye reads it
  const byIds = (el, attribute) => (el.getAttribute(attribute) || '').split(/\s+/).filter(Boolean).map(id => el.getRootNode().getElementById(id)).filter(Boolean);
  const nameOf = el => words(byIds(el, 'aria-labelledby')[0]) || tidy(el.getAttribute('aria-label')) || (/^(submit|button|reset)$/.test(el.type) && el.localName === 'input' ? tidy(el.value) : '')
    || words(el) || tidy(el.getAttribute('title')) || tidy(el.getAttribute('alt') || (el.querySelector('img[alt]') || { alt: '' }).alt) || el.name || el.type || el.localName;
  const groupOf = el => {
    const box = el.closest('fieldset,[role=group],[role=radiogroup]');
    return box ? read(box.querySelector('legend')) || read(byIds(box, 'aria-labelledby')[0]) || tidy(box.getAttribute('aria-label')) : '';
  };
  const labelOf = el => {
    return read(byIds(el, 'aria-labelledby')[0]) || read(el.labels && el.labels[0]) || tidy(el.getAttribute('aria-label')) || tidy(el.getAttribute('placeholder')) || tidy(el.getAttribute('title'));
  };
  const field = el => {
    const many = /^(radio|checkbox)$/.test(el.type) && el.name && groupOf(el);
    const label = many || (el.type === 'radio' ? '' : labelOf(el));
    return { l: unsaid(label).replace(/\d{4,}/g, '#').slice(0, 120), n: el.name || el.id || '', a: el.getAttribute('autocomplete') || '', ty: el.type || 'text', g: groupOf(el).slice(0, 120) };
  };
  const path = el => {   // the same for a node and for the one that replaces it
    const parts = [];
    for (let e = el; e && e.nodeType === 1 && parts.length < 4; e = e.parentElement || (e.getRootNode().host)) {
      const id = e.getAttribute('id');   // a form's own `id` may be a field of that name
      if (id) { parts.unshift('#' + id.replace(/\d+/g, '0')); break; }
      let nth = 1, before = e;
      while ((before = before.previousElementSibling) && nth < 40) nth++;
      const looks = (e.getAttribute('class') || '').split(/\s+/).filter(c => c && !/\d/.test(c)).slice(0, 2).join('.');
      parts.unshift(e.localName + (looks ? '.' + looks : ':' + nth));
    }
    return parts.join('>');
  };

  /* ---- what the eye can see ---- */
  const hidden = () => document.visibilityState === 'hidden';
  const inView = box => {
    const w = Math.min(box.right, innerWidth) - Math.max(box.left, 0), h = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
    return w > 0 && h > 0 ? w * h : 0;
  };
  const drawn = el => el.isConnected && (!el.checkVisibility || el.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }));
  const opaque = el => {
    const style = getComputedStyle(el);
    return +style.opacity > 0.9 && (/^(img|video|canvas)$/.test(el.localName) || style.backgroundImage !== 'none' || !/(, 0\)|transparent)$/.test(style.backgroundColor));
  };
  const covered = (el, box) => {
    if (el.getRootNode() !== document || getComputedStyle(el).pointerEvents === 'none') return false;
    const x = Math.min(Math.max((box.left + box.right) / 2, 0), innerWidth - 1), y = Math.min(Math.max((box.top + box.bottom) / 2, 0), innerHeight - 1);
    let top = document.elementFromPoint(x, y);
    if (!top || el.contains(top)) return false;
    for (let a = el.parentElement; a && a !== document.body; a = a.parentElement) if (getComputedStyle(a).overflow !== 'visible') {
      const edge = a.getBoundingClientRect();
      if (x < edge.left || x > edge.right || y < edge.top || y > edge.bottom) return true;
    }
    if (top.contains(el)) return false;
    for (; top && !top.contains(el); top = top.parentElement) if (opaque(top)) return true;
    return false;
  };
  const seen = el => {
    if (!el || hidden() || !drawn(el)) return 0;
    const box = el.getBoundingClientRect(), area = inView(box);
    if (area < 12) return 0;
    if (/inset\((50|100)%/.test(getComputedStyle(el).clipPath)) return 0;
    return covered(el, box) ? 0 : area;
  };
  const onPage = el => {   // there for the citizen, scrolled to or not
    if (!drawn(el)) return false;
    const box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right + scrollX > 0 && box.bottom + scrollY > 0;
  };
  const look = () => {   // a coarse glance at the screen: which element stands where
    const glance = [];
    for (let i = 0; i < 8; i++) for (let j = 0; j < 10; j++) glance.push(document.elementFromPoint((i + 0.5) * innerWidth / 8, (j + 0.5) * innerHeight / 10));
    return glance;
  };

  /* ---- the wait under way ---- */
  let act = { n: -1, t: birth, done: false }, usable = false, touchedAt = 0, changedAt = 0, openRequests = 0;
  const inWait = () => !act.done && now() - act.t < 60000;
  const idle = () => !inWait() && now() - touchedAt > 1000;   // nobody waits and nobody is typing: what moves now is scenery
  const open = (message, el) => {
    if (act.n < 0 && usable) settle();   // what moves since the page came, and goes on, is no sign
    act = { n: message.n, t: message.t, done: false, el, said: el && !el.disabled ? tidy(el.innerText || el.value) : null };
    changedAt = 0; glimpse = look(); watch();
  };

  /* ---- what the citizen does ---- */
  const PRESS = 'a[href],area[href],button,summary,input[type=submit],input[type=button],input[type=image],input[type=reset],[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=switch],[role=checkbox],[role=radio],[onclick]';
  const target = event => (event.composedPath && event.composedPath()[0]) || event.target;
  const pressable = el => {
    if (!el || el.nodeType !== 1) return null;
    if (el.isContentEditable) return null;
    const hit = el.closest(PRESS), control = el.closest('input,select,textarea,label,option');
    if (hit && (!control || hit === control || control.contains(hit))) return hit;
    if (control) return null;   // a field's own business: heard when it is filled
    return getComputedStyle(el).cursor === 'pointer' ? el : null;
  };
  const formOf = el => (/^(submit|image)$/.test(el.type) && el.form) || null;
  const formSays = (form, button) => ({ u: place((button && button.getAttribute('formaction')) || form.getAttribute('action') || location.href), f: form.getAttribute('id') || form.getAttribute('name') || '' });
  let gesture = null, keyAt = 0, keyOn = null, given = new WeakMap();
  const hear = (name, f) => W.addEventListener(name, careful(f), { capture: true, passive: true });
  const touch = event => {
    gesture = { t: moment(event), act: null };
    const mine = gesture;
    touchedAt = now();
    afterThis(() => { if (gesture === mine) gesture = null; });
  };
  const held = new Set();
  const gives = el => {
    const has = /^(checkbox|radio)$/.test(el.type) ? el.checked : el.type === 'file' ? el.files.length : el.isContentEditable ? el.textContent.trim() : el.value;
    const state = asked.get(keyOf(el)), at = given.get(el);
    held.delete(el); given.delete(el);
    if (!has) return;
    const own = tidy(el.type === 'file' ? el.files[0].name : el.value || el.textContent);
    if (own.length > 3 && !/^(radio|checkbox)$/.test(el.type)) typed.add(own);
    if (state) state.given = true;
    tell('give', { field: field(el) }, at);
  };
  const sent = (form, button) => {
    held.forEach(gives);
    const t = gesture ? gesture.t : now(), message = tell('sent', { of: gesture && gesture.act ? gesture.act.n : null, ...formSays(form, button) }, t, true);
    if (!gesture || !gesture.act) open(message, button);
    if (gesture) gesture.act = message;
  };
  const listen = () => {
    hear('keydown', event => { if (!event.isTrusted) return; touchedAt = now(); keyAt = moment(event); keyOn = target(event); if (event.key === 'Enter' || event.key === ' ') touch(event); });
    hear('click', event => {
      if (!event.isTrusted) return;
      keyOn = null;
      const el = pressable(target(event));
      if (!gesture || event.detail) touch(event);
      if (!el) return;
      held.forEach(gives);
      const form = formOf(el), mine = gesture, chosen = el.closest('[role=option],[role=radio],[role=menuitemradio],[role=gridcell]');
      const message = tell('act', { l: mask(chosen ? labelOf(chosen.parentElement) : nameOf(el)), r: el.getAttribute('role') || el.localName, ...(form ? { form: formSays(form, el) } : {}) }, mine.t, true);
      mine.act = message;
      open(message, el);
    });
    hear('submit', event => sent(event.target, event.submitter));
    hear('input', event => { if (event.isTrusted) { touchedAt = now(); given.set(target(event), keyOn === target(event) ? keyAt : moment(event)); } });   // the key is dated by the hand, what it brings by the page
    hear('change', event => {   // a date changes with every digit: it is given when the field is left
      const el = target(event);
      if (!event.isTrusted || !el || !('value' in el) || /^(submit|button|reset|image)$/.test(el.type)) return;
      touchedAt = now();
      given.set(el, given.get(el) || moment(event));
      if (/^(checkbox|radio|file)$/.test(el.type) || document.activeElement !== el) gives(el); else held.add(el);
    });
    hear('focusout', event => { const el = target(event); if (given.has(el)) gives(el); });   // typed anew as it stood: no change, and yet given
    hear('invalid', event => {   // only the first gets a bubble, and only if the page lets it
      const mine = gesture || {}, el = event.target;
      if (mine.refused) return;
      mine.refused = true;
      afterThis(() => { if (!event.defaultPrevented) { tell('refuse', { field: field(el), w: 'native' }, now(), true); rest(); } });
    });
    hear('visibilitychange', () => { tell('shown', { on: +!hidden() }); if (hidden()) leave(); });
    hear('online', () => { pause = BEAT; flush(); });
    hear('beforeunload', () => { tell('unload', {}); leave(); });
    hear('pagehide', () => { tell('bye', {}); leave(1); });
    hear('pageshow', event => { if (event.persisted) { act = { n: -1, t: now(), done: true }; tell('again', { u: place(location.href) }, 0, true); fields(); } });
    hear('DOMContentLoaded', () => { adopt(); arm(); });
    hear('load', event => {
      if (event.target === document || event.target === W) later(careful(() => arrive(true)), 300);
    });
    for (const name of ['transitionrun', 'animationstart', 'toggle']) hear(name, event => {
      const el = target(event), mine = act.el;   // a button that sinks under the finger has not answered
      if (el.nodeType === 1 && !(mine && name === 'transitionrun' && (mine.contains(el) || el.contains(mine)))) moved(el, true);
    });
    hear('scroll', () => {   // a link within the page takes the eye elsewhere
      if (inWait() && now() - act.t < 1000 && !changedAt) { const t = now(); changedAt = t; tell('change', { c: [['scroll', 0]] }, t); }
    });
    hear('khutwa:done', event => tell('done', { o: event.detail }, 0, true));
    hear('khutwa:flush', () => { tell('flushed', {}, 0, true); });
  };
  const realSubmit = W.HTMLFormElement.prototype.submit;
  W.HTMLFormElement.prototype.submit = function () { careful(sent)(this); return realSubmit.apply(this, arguments); };   // tells no listener

  /* ---- what changes before the eye ---- */
  const SAYS = /^(hidden|disabled|open|src|srcset|value|style|width|height|d|href|checked|selected|placeholder|label)$/;
  const NOTHING = /^(script|style|link|meta|title|noscript|template|base)$/;
  const scenery = Object.create(null), shown = new WeakMap(), last = Object.create(null);
  let dirty = new Map(), due = false, glimpse = null, roots = new Set();
  const moved = (el, sure) => {
    if (!el || el.nodeType !== 1) return;
    dirty.set(el, sure || dirty.get(el) || false);
    if (due) return;
    due = true;
    const go = careful(() => { if (due) measure(); }), gap = tired() * 40;
    if (gap > 16) later(go, Math.min(gap, 500)); else frame(go);
    later(go, hidden() ? 60 : 1000);
  };
  let spent = 0, spentAt = 0;   // 50 ms at once, one part in fifty in all
  const tired = () => { const t = sinceBirth(); spent = Math.max(0, spent - (t - spentAt) / 50); spentAt = t; return spent - 50; };
  const worked = since => { spent += Math.min(sinceBirth() - since, 15); };   // longer: others held us up
  const redrawn = list => {
    const boxes = new Map(), same = new Set();
    for (const m of list) if (m.type === 'childList') {
      const box = boxes.get(m.target) || { came: [], went: [] };
      boxes.set(m.target, box); box.came.push(...m.addedNodes); box.went.push(...m.removedNodes);
    }
    for (const [el, { came, went }] of boxes) if (came.length + went.length < 300) {
      const left = came.filter(n => n.isConnected || !went.includes(n)), lost = went.filter(n => n.isConnected || !came.includes(n));
      if (left.length === lost.length && left.every((n, i) => n !== lost[i] && n.isEqualNode(lost[i]))) same.add(el);
    }
    return same;
  };
  const mutated = list => {
    const same = inWait() ? redrawn(list) : new Set();
    for (const m of list) {
      if (m.type === 'childList' && same.has(m.target)) continue;
      if (dirty.size > 300) break;
      if (m.type === 'characterData') { if (m.oldValue !== m.target.data) { moved(m.target.parentElement, true); mayPromise(m.target.parentElement); } }
      else if (m.type === 'attributes') { if (m.target.getAttribute(m.attributeName) !== m.oldValue) { if (!/^src/.test(m.attributeName) || !pictured(m.target)) moved(m.target, SAYS.test(m.attributeName)); mayPromise(m.target); } }
      else {
        let added = false;
        for (const node of m.addedNodes) {
          if (node.nodeType === 1 && !NOTHING.test(node.localName)) { if (!pictured(node)) moved(node, true); mayPromise(node); added = true; }
          else if (node.nodeType === 3 && node.data.trim()) { moved(m.target, true); mayPromise(m.target); added = true; }
        }
        if (!added) for (const node of m.removedNodes) if ((node.nodeType === 1 && !NOTHING.test(node.localName)) || (node.nodeType === 3 && node.data.trim())) { moved(m.target, true); break; }
      }
    }
  };
  const pictures = new WeakMap();
  const pictured = el => {
    if (el.localName !== 'img' || el.complete || !inWait() || !inView(el.getBoundingClientRect())) return false;
    if (!pictures.has(el)) pictures.set(el, request('IMG', el.currentSrc || el.src));
    return !el.alt;   // its words stand in for it meanwhile
  };
  const developed = careful(event => {
    const el = event.target, end = pictures.get(el);
    if (el.localName !== 'img') return;
    pictures.delete(el);
    if (end) end(event.type === 'load' ? 200 : 0);
    moved(el, true);
  });
  const beat = (signature, t) => {   // is it scenery? it moved twice while nobody waited, or it ticks
    const s = scenery[signature] || (scenery[signature] = { idle: 0, hits: [], ticks: false });
    if (t - (s.hits[s.hits.length - 1] || 0) > 80) {
      if (idle()) s.idle++;
      s.hits.push(t);
      if (s.hits.length > 5) s.hits.shift();
      const gaps = s.hits.slice(1).map((x, i) => x - s.hits[i]), longest = Math.max(...gaps);
      s.ticks = gaps.length > 2 && longest > 150 && longest < 61000 && longest - Math.min(...gaps) < Math.max(60, longest * 0.12);
    }
    return s.idle >= 2 || s.ticks;
  };
  const measure = () => {
    due = false;
    const these = dirty; dirty = new Map();
    if (hidden()) return;
    const begun = sinceBirth(), t = now(), changes = [];
    let count = 0, real = false;
    for (const [el, sure] of these) {
      if (changes.length > 7 || count++ > 250 || (count > 20 && sinceBirth() - begun > 6)) break;
      const was = shown.has(el), area = seen(el);
      if (area) shown.set(el, area); else if (was) shown.delete(el);
      if (!area && !was) continue;
      if (!sure && (!inWait() || was === !!area) && !glanceDiffers()) continue;   // a class that changes nothing visible
      const signature = path(el), before = last[signature];
      if (before && before.n === act.n && t - before.t < 100) continue;
      last[signature] = { t, n: act.n };
      const calm = beat(signature, t);
      if (!calm) real = true;
      changes.push([signature, +calm]);
    }
    worked(begun);
    if (changes.length && (real || inWait())) afterThis(() => {   // after the frame: now the eye has it
      const message = tell('change', { c: changes });
      if (real) { const begun = sinceBirth(); changedAt = message.t; fields(message.t); worked(begun); }
    });
    if (inWait()) scan();
  };
  const glanceDiffers = () => {
    if (!inWait() || !glimpse) return false;
    const glance = look(), differs = glance.some((el, i) => el !== glimpse[i]);
    if (differs) glimpse = glance;
    return differs;
  };
  const observer = new RealObserver(careful(mutated));
  const ALL = { subtree: true, childList: true, characterData: true, characterDataOldValue: true, attributes: true, attributeOldValue: true };
  let arm = () => {}, current = null;
  const adopt = () => {   // a document may be swapped under the same window
    if (current === document) return;
    current = document; roots = new Set([document]); observer.disconnect();
    for (const name of ['load', 'error']) document.addEventListener(name, developed, true);
    const start = careful(() => { arm = () => {}; observer.observe(document, ALL); });
    if (document.readyState === 'loading') { arm = start; later(() => arm(), 600); } else start();   // the parser's own nodes are not changes: the first paint speaks for them
  };
  const realShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function () {
    const root = realShadow.apply(this, arguments);
    careful(() => { roots.add(root); observer.observe(root, ALL); })();
    return root;
  };

  for (const pen of [W.CanvasRenderingContext2D, W.WebGLRenderingContext, W.WebGL2RenderingContext]) for (const name of pen ? Object.keys(pen.prototype) : []) {
    if (!/^(fill|stroke|clear|draw[AEIR]|put)/.test(name)) continue;   // what is drawn changes no node
    const { value: real, ...more } = Object.getOwnPropertyDescriptor(pen.prototype, name);
    if (typeof real === 'function') Object.defineProperty(pen.prototype, name, { ...more, value: function () { const sheet = this.canvas; if (sheet && sheet.isConnected && !dirty.has(sheet)) moved(sheet, true); return real.apply(this, arguments); } });
  }

  /* ---- signs of working ---- */
  const WORKING = /(please wait|\bwait\b|loading|processing|sending|submitting|searching|checking|verifying|uploading|preparing|retrieving|fetching|working on|in progress|one moment|جار[ٍيى]?\s|يرجى الانتظار|الرجاء الانتظار|انتظر|تحميل|لحظة|veuillez|chargement|patientez|bitte warten)/i;
  const SPOKEN = '[aria-busy=true],[role=progressbar],progress,[role=status],[role=alert],[aria-live]';
  const DRAWN = ['spinner', 'loading', 'loader', 'skeleton', 'shimmer', 'progress', 'busy'].map(w => `[class*=${w} i]`).join() + ',[id*=spinner i],[id*=loading i],[id*=loader i],img[src*=".gif" i],img[src*=spin i]';
  const signs = new Map();
  const always = new WeakSet(), alwaysAt = new Set();   // indicators that were there while nobody waited
  let signNumber = 0, scannedAt = 0, promising = new Set();
  const mayPromise = el => { if (inWait() && el && promising.size < 60) promising.add(el); };
  const isAlways = el => always.has(el) || alwaysAt.has(path(el));
  const promise = el => el.isConnected && el.childElementCount < 4 && (el.textContent || '').length < 200 && WORKING.test(el.textContent + ' ');
  const scan = () => {
    const begun = sinceBirth();
    if (tired() > 0) return;
    scannedAt = now();
    const found = new Map(), waits = inWait();
    const meet = (el, w, eye, ear) => {
      if (found.has(el) || el === document.body || el === document.documentElement) return;
      if (!waits) { always.add(el); alwaysAt.add(path(el)); } else if (!isAlways(el)) found.set(el, { w, eye, ear });
    };
    for (const root of roots) {
      for (const a of root.getAnimations ? root.getAnimations() : []) {
        const el = a.effect && a.effect.target, timing = a.effect && a.effect.getComputedTiming();
        if (a.playState !== 'running' || !el || sinceBirth() - begun > 8) continue;
        if (timing.iterations !== Infinity && timing.endTime - (a.currentTime || 0) < 700) continue;
        const area = seen(el);
        if (area && area < innerWidth * innerHeight * 0.9) meet(el, 'animation', 1, 0);
      }
      for (const el of root.querySelectorAll('[repeatCount=indefinite]')) {
        const drawing = el.ownerSVGElement;
        if (drawing && seen(drawing)) meet(drawing, 'animation', 1, 0);
      }
      for (const el of root.querySelectorAll(SPOKEN)) {
        if (sinceBirth() - begun > 12) break;
        const busy = el.getAttribute('aria-busy') === 'true', bar = el.localName === 'progress' || el.getAttribute('role') === 'progressbar', says = WORKING.test(tidy(el.textContent) + ' ');
        if (!busy && !bar && !says) continue;   // a live region with a remark: a change, no lasting sign
        if (getComputedStyle(el).display === 'none' || getComputedStyle(el).visibility === 'hidden') continue;
        const eye = bar || says ? seen(el) : 0;   // aria-busy alone shows nothing
        meet(el, bar ? 'progress' : busy ? 'busy' : 'status', +!!eye, 1);
      }
      for (const el of root.querySelectorAll(DRAWN)) {
        if (sinceBirth() - begun > 14) break;
        const area = /^(body|html|input|select|textarea|a)$/.test(el.localName) ? 0 : seen(el);
        if (area && area < innerWidth * innerHeight * 0.95) meet(el, 'indicator', 1, 0);
      }
    }
    if (waits) {
      const el = act.el;
      if (el && act.said != null && el.isConnected && (el.disabled || el.getAttribute('aria-disabled') === 'true') && tidy(el.innerText || el.value) !== act.said && seen(el)) meet(el, 'button', 1, 0);
      for (const near of promising) if (promise(near) && seen(near)) meet(near, 'words', 1, 0);
    }
    const t = now();
    for (const [el, sign] of signs) {
      if (found.has(el)) { sign.missing = 0; if (found.get(el).eye && !sign.eye) { tell('signoff', { b: sign.b }, t); signs.delete(el); } continue; }
      sign.missing = sign.missing || t;
      if (!el.isConnected || !seen(el) || t - sign.missing > 150) { tell('signoff', { b: sign.b }, sign.missing); signs.delete(el); changedAt = Math.max(changedAt, sign.missing); }
    }
    for (const [el, what] of found) if (!signs.has(el)) {
      const sign = { b: ++signNumber, missing: 0, ...what };
      signs.set(el, sign);
      tell('sign', { b: sign.b, w: sign.w, eye: sign.eye, ear: sign.ear }, t);
    }
    worked(begun);
  };
  let pulse = 0;
  const watch = () => { if (!pulse) pulse = every(careful(beatOfWait), 60); };
  const beatOfWait = () => {   // while someone waits: look around, and notice when it is over
    const t = now(), arriving = act.n < 0, quiet = t - Math.max(changedAt, act.t);
    if (arriving && !usable) { if (document.body && t - scannedAt > 200) scan(); return; }
    scan();
    const enough = changedAt > act.t ? 240 : 500, patience = arriving ? 1500 : 8000;
    if ((!openRequests && (!signs.size || quiet > patience) && quiet > enough) || t - act.t > 60000) rest();
  };
  const settle = () => {   // a sign that did not end says nothing about waiting
    for (const el of signs.keys()) { always.add(el); alwaysAt.add(path(el)); }
    signs.clear(); promising = new Set();
  };
  const rest = () => {
    if (act.done) return;
    if (act.n >= 0 && changedAt <= act.t && now() - act.t < 10000) {   // nothing yet; a timer may still bring something
      if (!act.told) { act.told = true; tell('rest', { of: act.n }, 0, true); }
      return;
    }
    act.done = true; act.el = null;
    clearInterval(pulse); pulse = 0;
    settle();
    tell('rest', { of: act.n }, 0, true);
  };
  every(careful(() => { if (idle() && !hidden()) scan(); }), 2000);

  /* ---- what the page asks for, and what it rejects ---- */
  const FIELD = 'input,select,textarea,[contenteditable=""],[contenteditable=true]';
  const asked = new Map();
  const elementKeys = new WeakMap();
  let refusals = new Set();
  const keyOf = el => elementKeys.get(el);
  const isEmpty = el => {
    if (el.type === 'file') return !el.files.length;
    if (el.localName === 'select') {
      const option = el.selectedOptions[0], itself = !el.multiple && !el.querySelector('[selected]') && el.querySelector('option:enabled');   // the first, chosen by nobody
      return !option || option.value === '' || (option.disabled && option.defaultSelected) || option === itself;
    }
    return 'value' in el ? el.value === '' : !el.textContent.trim();
  };
  const askable = el => {
    if (/^(hidden|submit|button|reset|image|search)$/.test(el.type) || el.matches(':disabled') || el.readOnly || el.closest('[role=search]')) return false;
    return onPage(el) || (/^(checkbox|radio|file)$/.test(el.type) && el.labels && Array.from(el.labels).some(onPage));
  };
  const fields = at => {
    if (!document.body || (act.n < 0 && !usable)) return;
    const occurrence = Object.create(null), asks = [], met = new Map();
    for (const root of roots) for (const el of root.querySelectorAll(FIELD)) {
      const group = /^(radio|checkbox)$/.test(el.type) && el.name;
      const base = [el.name || el.id, group ? '' : labelOf(el), el.type, el.form ? el.form.getAttribute('id') : ''].join('|');
      const key = group ? base : base + '#' + (occurrence[base] = (occurrence[base] || 0) + 1);
      if (!askable(el)) continue;
      elementKeys.set(el, key);
      const empty = /^(radio|checkbox)$/.test(el.type) ? !el.checked : isEmpty(el), known = met.get(key);
      if (known) known.empty = known.empty && empty; else met.set(key, { el, empty });   // choices of one name are one question
    }
    for (const [key, { el, empty }] of met) weigh(el, key, empty, asks);
    const refused = objections();
    for (const r of refused) tell('refuse', r, at);
    if (asks.length) tell('fields', { f: asks }, at);
    if (asks.length || refused.length) flush();
  };
  const weigh = (el, key, empty, asks) => {
    const state = asked.get(key);
    if (!state) { asked.set(key, { given: !empty, el }); if (empty) asks.push(field(el)); return; }
    if (empty && state.given && state.el !== el) asks.push(field(el));   // drawn anew, and what was given is lost
    if (state.el !== el) { state.el = el; state.given = !empty; }
  };
  const tiedTo = el => {   // the field that a message is about
    if (el.matches(FIELD)) return el;
    const root = el.getRootNode();
    if (el.id) { const by = root.querySelector(`[aria-describedby~="${CSS.escape(el.id)}"],[aria-errormessage~="${CSS.escape(el.id)}"]`); if (by) return by.matches(FIELD) ? by : by.querySelector(FIELD); }
    if (el.localName === 'label' && el.control) return el.control;
    for (let box = el.parentElement, up = 0; box && up < 3 && !/^(form|body|main)$/.test(box.localName); box = box.parentElement, up++) {
      const inside = Array.from(box.querySelectorAll(FIELD)).filter(f => f.type !== 'hidden'), names = new Set(inside.map(f => f.name || f.id));
      if (names.size === 1) return inside[0];
      if (names.size > 1) return box.localName === 'fieldset' && /^(radio|checkbox)$/.test(inside[0].type) ? inside[0] : null;
    }
    return null;
  };
  const APOLOGY = /went wrong|error (has )?occurred|(server|internal) error|(service|system|page|site) (is |was )?(currently |temporarily )?(not available|unavailable|not found|down)|we(['’]re| are) sorry|^sorry\b|could( not|n['’]t) (process|complete|be )|try again later|^error\b|عذر[اًا]+|نأسف|نعتذر|حدث خطأ|خط[أا] (في|داخلي)|غير متاح|غير متوفر|تعذ[رّ]+/i;
  const objections = () => {
    const tied = new Map(), loose = [], still = new Set();
    for (const root of roots) for (const el of root.querySelectorAll('[aria-invalid=true],[role=alert],.alert-danger,.error-summary,[class*=error i],[class*=invalid-feedback i]')) {
      if (!onPage(el) || (el.matches('[class*=error i]') && !el.matches('[role=alert],.error-summary') && el.querySelector(FIELD))) continue;   // a box around a field is no message
      const isField = el.matches(FIELD);
      if (!isField && (!tidy(el.textContent) || /success|info|confirm/i.test(el.className))) continue;
      const summary = el.matches('.error-summary,[class*=error-summary i]') || !!el.closest('.error-summary,[class*=error-summary i]');
      const about = summary ? null : tiedTo(el), key = about ? elementKeys.get(about) || path(about) : path(el) + tidy(el.textContent);
      if (!about && !summary && !el.matches('[role=alert],.alert-danger')) continue;
      still.add(key);
      if (refusals.has(key)) continue;
      if (about) tied.set(key, about); else loose.push(key);
    }
    const sorry = roots.size && act.n < 0 && tidy(document.body.innerText), sorries = sorry && sorry.length < 400 ? [document.body] : document.querySelectorAll('h1,h2,[role=heading]');
    for (const el of sorries) if (APOLOGY.test(tidy(el.innerText)) && onPage(el)) {   // an error page may call itself a success
      const key = 'sorry' + tidy(el.innerText).slice(0, 80);
      still.add(key);
      if (!refusals.has(key)) loose.push(key);
    }
    refusals = still;
    const list = Array.from(tied.values(), el => ({ field: field(el), w: 'message' }));
    return list.length ? list : loose.length ? [{ w: 'page' }] : [];   // a summary repeats what the fields say
  };

  /* ---- requests ---- */
  const polls = Object.create(null);
  let requestNumber = 0;
  const request = (method, address, body) => {
    const key = method + String(address).replace(/\d{6,}|0\.\d{5,}/g, '') + (typeof body === 'string' ? body.length : '');
    if (idle()) polls[key] = (polls[key] || 0) + 1;
    const i = ++requestNumber, background = polls[key] >= 2 || !inWait();
    if (!background) openRequests++;
    tell('net', { i, bg: +background });
    let ended = false;
    return (status, at, ms) => { if (ended) return; ended = true; if (!background) { openRequests--; changedAt = Math.max(changedAt, now()); } tell('netoff', { i, status, ms }, at); };
  };
  const bodies = new Set();   // answered, and their content still on its way
  const arriving = (end, status, address, since) => {
    const at = now(), one = { url: '', since, end: (...more) => { bodies.delete(one); end(status, ...more); } };
    try { one.url = new URL(address, document.baseURI).href.split('#')[0]; } catch (_) { }
    if (!fetchesTold || !/^http/.test(one.url)) return one.end(at);
    bodies.add(one);
    brought(fetchesTold.takeRecords());
    later(() => one.end(at), 10000);
  };
  const brought = entries => {
    for (const e of entries) for (const one of bodies) if (e.initiatorType === 'fetch' && e.name.split('#')[0] === one.url && e.startTime >= one.since - 5 && e.startTime < one.since + 500) {
      const server = e.responseStart ? Math.round(e.responseStart - e.startTime) : 0;
      one.end(birth + e.responseEnd, server ? { server, network: Math.round(e.responseEnd - e.responseStart) } : undefined);
      break;
    }
  };
  let fetchesTold = null;
  if (RealPerformanceObserver && RealPerformanceObserver.supportedEntryTypes.includes('resource')) {
    fetchesTold = new RealPerformanceObserver(careful(list => brought(list.getEntries())));
    fetchesTold.observe({ type: 'resource' });
  }
  if (realFetch) W.fetch = function (what, options) {
    let end = () => {};
    const address = (what && what.url) || what, since = sinceBirth();
    careful(() => { end = request(((options && options.method) || (what && what.method) || 'GET').toUpperCase(), address, options && options.body); })();
    const reply = realFetch.apply(this, arguments);
    reply.then(careful(r => arriving(end, r.status, address, since)), () => end(0));
    return reply;
  };
  if (W.XMLHttpRequest) {
    const proto = W.XMLHttpRequest.prototype, { open: realOpen, send: realSend } = proto, opened = new WeakMap();
    proto.open = function (method, address) { opened.set(this, [method, address]); return realOpen.apply(this, arguments); };
    proto.send = function (body) {
      careful(() => { const end = request(...(opened.get(this) || ['GET', '']), body); this.addEventListener('loadend', () => end(this.status)); })();
      return realSend.apply(this, arguments);
    };
  }
  const notice = (type, f) => { if (RealPerformanceObserver && RealPerformanceObserver.supportedEntryTypes.includes(type)) new RealPerformanceObserver(careful(list => list.getEntries().forEach(f))).observe({ type, buffered: true }); };

  /* ---- the page arrives ---- */
  let painted = 0, ready = 0, grew = 0, nodes = 0;
  const grow = () => { const count = document.getElementsByTagName('*').length; if (count !== nodes) { nodes = count; grew = now(); } };
  const growth = every(() => { if (ready) clearInterval(growth); else grow(); }, 50);
  const arrive = anyway => {   // usable: painted, and the part that was waited for is there
    if (usable || !(anyway || (painted && ready)) || (!ready && document.readyState === 'loading')) return;
    usable = true;
    const stalled = grew && ready - grew > 400 && painted < grew + 400;   // all was there; only the end tag was late
    const t = painted ? Math.max(painted, stalled ? grew : Math.min(ready, painted > ready ? ready : Infinity)) : ready || now();
    const timing = perf.getEntriesByType('navigation')[0] || {}, root = document.documentElement;
    const server = Math.max(0, (timing.responseStart || 0) - (timing.requestStart || 0)), network = Math.max(0, (timing.responseEnd || 0) - (timing.responseStart || 0) + (timing.requestStart || 0) - (timing.fetchStart || 0));
    const redirects = Math.max(0, (timing.fetchStart || 0));   // what went before the last request was the server's redirects
    tell('usable', { u: place(location.href), status: timing.responseStatus || 0, lang: root.lang, dir: root.dir, ms: { server: Math.round(server + redirects), network: Math.round(network), page: Math.round(Math.max(0, t - birth - (timing.responseEnd || 0))) } }, t);
    fields(t);
    flush();
    if (act.n < 0) changedAt = t;
  };
  notice('paint', entry => { if (entry.name === 'first-contentful-paint') { painted = birth + entry.startTime; tell('paint', {}, painted); arm(); arrive(); } });
  notice('longtask', entry => { tell('long', { d: Math.round(entry.duration) }, birth + entry.startTime); });
  document.addEventListener('DOMContentLoaded', careful(() => { grow(); ready = now(); arrive(); }));
  let here = place(location.href);
  const whereabouts = () => { const there = place(location.href); if (there !== here) { here = there; tell('place', { u: there }, 0, true); } };
  if (W.navigation && W.navigation.addEventListener) W.navigation.addEventListener('currententrychange', careful(whereabouts));
  else every(careful(whereabouts), 200);

  for (const name of ['alert', 'confirm', 'prompt']) {   // a box of the browser's own: nothing can be overlooked less
    const real = W[name];
    W[name] = function () { careful(() => { changedAt = tell('change', { c: [['dialog', 0]] }, 0, true).t; })(); return real.apply(W, arguments); };
  }

  /* ---- begin ---- */
  const open_ = Document.prototype.open;
  let heardUs = false;
  const attach = () => {   // document.open() takes every listener away
    heardUs = false;
    W.dispatchEvent(new Event('khutwa:here'));
    if (!heardUs) { W.addEventListener('khutwa:here', () => { heardUs = true; }); listen(); current = null; adopt(); }
  };
  for (const name of ['open', 'write', 'writeln']) {
    const real = name === 'open' ? open_ : Document.prototype[name];
    Document.prototype[name] = function () { const result = real.apply(this, arguments); if (this === document) careful(attach)(); return result; };
  }
  if (W === W.top) inherit();
  attach(); watch();
  const timing = perf.getEntriesByType('navigation')[0] || {};
  tell('hello', { u: place(location.href), o: Math.round(birth * 10) / 10, top: +(W === W.top), lang: navigator.language, nav: timing.type || '', ref: document.referrer ? place(document.referrer) : '' }, 0, true);
})();
