// The moderator's keys: a press is stamped and put down in this browser before anything else happens.
// It leaves the browser's list only when the lab has said that it is on disk; a desk that was closed goes on with it.
const LIST = 'khutwa-desk-presses', AGAIN = 3000, PINGS = 3;

export default function (component) {
  const root = component.parentElement;
  const desk = root.khutwaDesk || (root.khutwaDesk = begin(root));
  desk.show(component);
}

function begin(root) {
  let told = null, speak = null, ahead = null, best = Infinity, pings = 0, asked = null, tries = 0, aimed = null;
  const list = new Map(JSON.parse(localStorage.getItem(LIST) || '[]').map(one => [one.key, one]));
  const el = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
      else if (value !== null) made.setAttribute(key, value);
    }
    made.append(...inside);
    return made;
  };
  const here = root.querySelector ? root : document;
  const place = here.querySelector('.desk');
  const alive = () => (root.host || root).isConnected;

  // ---- what was pressed, kept here until the lab has it

  const put = () => localStorage.setItem(LIST, JSON.stringify([...list.values()]));
  const number = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, '0')).join('');

  function press(tag) {
    const raw = performance.timeOrigin + performance.now();  // the moment of the press, before anything is drawn
    if (!told || !told.ready) return;
    const {study, session, participant, task, condition, rater} = told.sat;
    const one = {key: number(), version: 1, study, session, participant, task, condition, rater, tag, raw};
    list.set(one.key, one);
    put();
    aimed = one.key;
    draw();
    send();
    if (tag === 'quote') { place.querySelector('input').focus(); }
  }

  function change(one, what) {
    list.set(one.key, {...one, ...what, version: one.version + 1});
    put();
    draw();
    send();
  }

  function send() {
    if (!list.size || ahead === null || !speak) return;
    const presses = [...list.values()].map(({raw, ...one}) => ({...one, at: one.at ?? raw - ahead}));
    speak.setStateValue('presses', {n: ++tries, presses});
  }

  function heed(kept) {
    for (const [key, version] of Object.entries(kept || {})) {
      if (list.has(key) && list.get(key).version <= version) list.delete(key);
    }
    put();
  }

  // ---- the lab's clock: half of the way there and back is taken off; less than that is no difference

  function ping() {
    if (pings >= PINGS || !speak) return;
    asked = performance.timeOrigin + performance.now();
    speak.setTriggerValue('ping', asked);
  }

  function pong(answer) {
    if (!answer || asked === null || Math.abs(answer.asked - asked) > 0.5) return;
    const back = performance.timeOrigin + performance.now(), way = back - asked;
    if (way < best) {
      best = way;
      const off = (asked + back) / 2 - answer.lab;
      ahead = Math.abs(off) <= way / 2 ? 0 : off;
    }
    asked = null;
    pings += 1;
    send();
    if (pings < PINGS) setTimeout(ping, 200);
  }

  // ---- what is shown

  const mine = () => {
    const all = new Map((told.notes || []).map(one => [one.key, {...one, kept: true}]));
    for (const one of list.values()) {
      if (one.session !== told.sat.session || one.study !== told.sat.study) continue;
      const was = all.get(one.key);
      if (!was || was.version < one.version) all.set(one.key, {...was, ...one, at: one.at ?? one.raw - (ahead || 0), kept: false});
    }
    return [...all.values()].sort((a, b) => a.at - b.at);
  };
  const now = () => performance.timeOrigin + performance.now() - (ahead || 0);
  const running = kind => {
    const last = mine().filter(one => !one.undone && (one.tag === `${kind}_begins` || one.tag === `${kind}_ends`)).pop();
    return last && last.tag === `${kind}_begins` ? last.at : null;
  };
  const toggle = kind => press(running(kind) === null ? `${kind}_begins` : `${kind}_ends`);
  const own = () => mine().filter(one => one.rater === told.sat.rater && !one.undone && !one.sealed);
  const bare = one => ({key: one.key, version: one.version, study: told.sat.study, session: one.session,
    participant: told.sat.participant, task: told.sat.task, condition: told.sat.condition,
    rater: one.rater, tag: one.tag, at: one.at, text: one.text, undone: one.undone});
  const undo = () => { const last = own().pop(); if (last) change(bare(last), {undone: true}); };
  const says = tag => (told.clocks[tag] || (told.keys.find(one => one.tag === tag) || {}).says || tag);
  const clock = ms => {
    const s = Math.max(0, Math.floor(ms / 1000)), two = n => String(n).padStart(2, '0');
    return (s >= 3600 ? `${Math.floor(s / 3600)}:` : '') + `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  };

  function build() {
    const w = told.words;
    const clocks = ['session', 'task'].map(kind => el('div', {class: 'clock', 'data-clock': kind},
      el('span', {}, w[kind]), el('b', {role: 'timer', 'aria-label': w[kind]}, '00:00'),
      el('button', {type: 'button', 'aria-keyshortcuts': kind[0], onclick: () => toggle(kind)})));
    const tags = told.keys.map(one => el('button', {type: 'button', 'data-tag': one.tag, 'aria-keyshortcuts': one.key,
      onclick: () => press(one.tag)}, el('kbd', {}, one.key), el('span', {}, one.says)));
    const text = el('input', {type: 'text', maxlength: '5000', dir: 'auto', autocomplete: 'off',
      'aria-describedby': 'khutwa-hint', onkeydown: event => {
        if (event.key === 'Escape') event.target.blur();
        if (event.key !== 'Enter' || event.isComposing) return;
        words(event.target.value.trim());
        event.target.value = '';
        event.target.blur();
      }, onblur: event => { const left = event.target.value.trim(); if (left) words(left); event.target.value = ''; }});
    place.replaceChildren(
      el('div', {class: 'clocks'}, ...clocks),
      el('div', {class: 'tags', role: 'group', 'aria-label': w.press}, ...tags),
      el('label', {class: 'words'}, el('span', {}, el('kbd', {}, 'w'), w.text), text),
      el('small', {id: 'khutwa-hint'}, w.hint),
      el('div', {class: 'foot'}, el('span', {class: 'state', role: 'status'}),
        el('button', {type: 'button', class: 'undo', 'aria-keyshortcuts': 'u', onclick: undo}, el('kbd', {}, 'u'), ' ', w.undo)),
      el('div', {class: 'list', tabindex: '0', role: 'region', 'aria-label': w.list}));
  }

  function words(text) {
    const one = mine().find(each => each.key === aimed) || own().pop();
    if (one && text) change(bare(one), {text});
  }

  function draw() {
    const w = told.words, all = mine();
    for (const box of place.querySelectorAll('[data-clock]')) {
      const kind = box.dataset.clock, since = running(kind), button = box.querySelector('button');
      button.replaceChildren(el('kbd', {}, kind[0]), ' ', since === null ? w.start : w.stop);
      box.querySelector('b').textContent = clock(since === null ? 0 : now() - since);
    }
    for (const button of place.querySelectorAll('button')) button.disabled = !told.ready;
    place.querySelector('.state').textContent = list.size ? w.keeping.replace('{n}', list.size) : w.kept;
    place.dataset.waiting = list.size;
    const begun = (all.find(one => one.tag === 'session_begins' && !one.undone) || all[0] || {}).at;
    const rows = all.slice(-300).reverse().map(one => el('tr', {class: one.undone ? 'undone' : null, 'data-key': one.key},
      el('td', {class: 'at'}, clock(one.at - begun)), el('td', {}, says(one.tag), one.kept ? '' : ' …',
        one.undone ? el('span', {class: 'unseen'}, ` (${w.undone})`) : ''),
      el('td', {}, one.text || ''), el('td', {}, one.rater)));
    const head = el('tr', {}, ...[w.when, w.tag, w.words, w.who].map(name => el('th', {scope: 'col'}, name)));
    place.querySelector('.list').replaceChildren(rows.length ? el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows)) : w.none);
  }

  // ---- keys: before Streamlit sees them, which has keys of its own

  function letter(event) {
    const key = event.key.toLowerCase(), code = /^(?:Key|Digit)(.)$/.exec(event.code || '');
    return /^[a-z0-9]$/.test(key) ? key : code ? code[1].toLowerCase() : '';  // under an Arabic layout the key's place counts
  }

  function onKey(event) {
    if (!alive()) return ['keydown', 'keypress', 'keyup'].forEach(kind => window.removeEventListener(kind, onKey, true));
    const at = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !told || !told.ready) return;
    if (at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName || ''))) return;
    const key = letter(event), tag = told.keys.find(one => one.key === key);
    if (!tag && !'stuw'.includes(key || '-')) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (event.type !== 'keydown' || event.repeat) return;
    if (tag) { press(tag.tag); light(tag.tag); }
    else if (key === 's') toggle('session');
    else if (key === 't') toggle('task');
    else if (key === 'u') undo();
    else place.querySelector('input').focus();
  }

  function light(tag) {
    const button = place.querySelector(`[data-tag="${tag}"]`);
    button.classList.add('lit');
    setTimeout(() => button.classList.remove('lit'), 250);
  }

  for (const kind of ['keydown', 'keypress', 'keyup']) window.addEventListener(kind, onKey, true);
  const beat = setInterval(() => { if (!alive()) return clearInterval(beat); if (told) tick(); }, 500);
  const resend = setInterval(() => { if (!alive()) return clearInterval(resend); if (ahead === null) ping(); send(); }, AGAIN);

  function tick() {
    for (const box of place.querySelectorAll('[data-clock]')) {
      const since = running(box.dataset.clock);
      if (since !== null) box.querySelector('b').textContent = clock(now() - since);
    }
  }

  return {
    show(component) {
      const fresh = JSON.stringify([component.data.keys, component.data.words, component.data.sat.session]);
      const same = told && told.fresh === fresh;
      speak = component;
      told = {...component.data, fresh};
      heed(told.kept);
      if (!same) build();
      draw();
      pong(told.pong);
      if (ahead === null && asked === null) ping();
    },
  };
}
