// One visitor with a checklist: a tap is in the telephone's database, with its time, before it is shown as tapped.
// It is sent when there is a line, again until the lab has said that it is on disk, and taken out when the visit is over.
'use strict';
(() => {
  const page = document.getElementById('visit');
  const told = JSON.parse(page.dataset.told);
  const KEPT = 'khutwa-visit-1', EVERY = 10000;
  const wish = (localStorage.getItem('khutwa-visit-language') || document.documentElement.lang);
  let tongue = told.tongues.find(one => one.language === wish) || told.tongues[0];
  let visit = null, taps = [], sending = false, waiting = 0, offline = 'online', refused = '', ending = false;

  // ---- what is kept in the telephone

  const opened = new Promise((done, failed) => {
    const asking = indexedDB.open('khutwa-visit', 1);
    asking.onupgradeneeded = () => {
      asking.result.createObjectStore('visits', {keyPath: 'visit'});
      asking.result.createObjectStore('taps', {keyPath: ['visit', 'n']});
    };
    asking.onsuccess = () => done(asking.result);
    asking.onerror = () => failed(asking.error);
  });
  async function within(how, work) {
    const base = await opened;
    return new Promise((done, failed) => {
      const turn = base.transaction(['visits', 'taps'], how, {durability: 'strict'});
      const asked = work(turn.objectStore('visits'), turn.objectStore('taps'));
      turn.oncomplete = () => done(asked && asked.result);
      turn.onabort = turn.onerror = () => failed(turn.error);
    });
  }
  const number = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
  const now = () => performance.timeOrigin + performance.now();

  let turn = Promise.resolve();  // one tap after another, so that numbers have no gaps
  function tap(what) {
    const t = now();  // the moment of the tap, before anything is written
    turn = turn.then(async () => {
      const one = {visit: visit.visit, n: taps.length, t, ...what, sent: 0};
      await within('readwrite', (_visits, all) => all.add(one));
      taps.push(one);
      draw();
      deliver();
    }).catch(trouble => { refused = String(trouble); draw(); });
    return turn;
  }

  async function begin(rater, name) {
    visit = {visit: number(), door: told.door, rater, name, language: tongue.language, checklist: told.checklist, over: 0};
    taps = [];
    await within('readwrite', visits => visits.add(visit));
    localStorage.setItem('khutwa-visit-rater', rater);
    draw();
  }

  async function deliver() {
    if (sending) return;
    sending = true;
    try {
      for (const one of (await within('readonly', visits => visits.getAll())).filter(v => v.door === told.door)) {
        const mine = (await within('readonly', (_v, all) => all.getAll(IDBKeyRange.bound([one.visit], [one.visit, []])))) || [];
        const left = mine.filter(each => !each.sent);
        if (left.length) {
          const parcel = left.slice(0, 500).map(({visit: _v, sent: _s, ...each}) => each);
          const {visit: name, rater, language, checklist} = one;
          const answer = await fetch(`/v/${told.door}`, {
            method: 'POST', headers: {'content-type': 'application/json'}, credentials: 'omit', cache: 'no-store',
            body: JSON.stringify({visit: name, rater, name: one.name, language, checklist, sent: now(), taps: parcel}),
          });
          refused = [400, 404, 410, 413].includes(answer.status) ? String(answer.status) : '';
          const kept = new Set((await answer.json()).kept);
          await within('readwrite', (_v, all) => { for (const each of left) if (kept.has(each.n)) all.put({...each, sent: 1}); });
          for (const each of taps) if (visit && one.visit === visit.visit && kept.has(each.n)) each.sent = 1;
          if (kept.size && left.length > kept.size) setTimeout(deliver, 50);
        } else if (one.over && !(visit && visit.visit === one.visit)) {
          await within('readwrite', (visits, all) => { visits.delete(one.visit); all.delete(IDBKeyRange.bound([one.visit], [one.visit, []])); });
        }
      }
    } catch (gone) { /* tried again soon; nothing is lost meanwhile */ }
    sending = false;
    await count();
  }

  async function count() {
    const mine = new Set((await within('readonly', visits => visits.getAll())).filter(v => v.door === told.door).map(v => v.visit));
    const all = await within('readonly', (_v, every) => every.getAll());
    waiting = all.filter(one => mine.has(one.visit) && !one.sent).length;
    page.dataset.waiting = waiting;
    state();
    if (!waiting && visit && visit.over) page.dataset.delivered = visit.visit;
  }

  // ---- what is shown

  const el = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
      else if (value !== null) made.setAttribute(key, value);
    }
    made.append(...inside.filter(one => one !== null));
    return made;
  };
  const clock = t => new Date(t).toLocaleTimeString(tongue.language, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
  const span = ms => { const s = Math.floor(ms / 1000), two = n => String(n).padStart(2, '0'); return `${two(Math.floor(s / 60))}:${two(s % 60)}`; };
  const counted = () => { const gone = new Set(taps.filter(one => 'undo' in one).map(one => one.undo)); return taps.filter(one => !('undo' in one) && !gone.has(one.n)); };

  function head() {
    const w = tongue.words;
    return el('header', {class: 'top'},
      el('div', {class: 'since'}, el('span', {}, w.since), el('b', {role: 'timer', 'data-since': ''}, '00:00')),
      ...told.tongues.filter(one => one !== tongue).map(other => el('button', {type: 'button', class: 'language', lang: other.language,
        dir: other.direction, 'data-speak': other.language, onclick: () => {
          tongue = other;
          localStorage.setItem('khutwa-visit-language', other.language);
          draw();
        }}, other.name)),
      el('p', {class: 'state', role: 'status', 'data-state': ''}));
  }

  function draw() {
    document.documentElement.lang = tongue.language;
    document.documentElement.dir = tongue.direction;
    document.title = tongue.title;
    const at = document.activeElement && document.activeElement.dataset.at, drafts = {};
    for (const field of page.querySelectorAll('[data-draft]')) drafts[field.dataset.draft] = field.value;
    page.replaceChildren(head(), visit === null ? start() : visit.over ? over() : checklist());
    for (const field of page.querySelectorAll('[data-draft]')) if (drafts[field.dataset.draft]) field.value = drafts[field.dataset.draft];
    if (at) { const again = page.querySelector(`[data-at="${CSS.escape(at)}"]`); if (again) again.focus({preventScroll: true}); }
    page.dataset.taps = taps.length;
    page.dataset.here = visit === null ? 'start' : visit.over ? 'over' : 'visit';
    state();
    tick();
  }

  function start() {
    const w = tongue.words;
    const field = (name, label, value) => el('p', {class: 'asked'}, el('label', {for: name}, label),
      el('input', {id: name, name, 'data-draft': name, required: '', maxlength: '100', autocomplete: 'off', value}));
    return el('main', {}, el('h1', {}, tongue.title), el('p', {class: 'where'}, told.service), el('p', {}, tongue.lead),
      el('form', {onsubmit: event => {
        event.preventDefault();
        const of = name => event.target.elements[name].value.trim();
        if (of('rater') && of('name')) begin(of('rater'), of('name'));
      }}, field('rater', w.rater, localStorage.getItem('khutwa-visit-rater') || ''),
      field('name', w.name, new URLSearchParams(location.search).get('visit') || new Date().toISOString().slice(0, 10)),
      el('div', {class: 'buttons'}, el('button', {class: 'main'}, w.begin))));
  }

  function checklist() {
    const w = tongue.words, last = counted().pop();
    return el('main', {}, el('h1', {}, tongue.title), el('p', {class: 'where'}, ...[told.service, visit.name, visit.rater].flatMap((words, n) => [n ? ' · ' : '', el('bdi', {}, words)])),
      ...tongue.parts.map(part => el('section', {'aria-labelledby': `part-${part.part}`},
        el('h2', {id: `part-${part.part}`}, part.title), ...part.items.map(item))),
      el('div', {class: 'buttons'},
        ending ? el('p', {role: 'alert'}, w.sure) : null,
        ending ? el('button', {type: 'button', class: 'danger', 'data-at': 'sure', onclick: finish}, w.yes) : null,
        ending ? el('button', {type: 'button', 'data-at': 'stay', onclick: () => { ending = false; draw(); }}, w.no)
          : el('button', {type: 'button', class: 'main', 'data-at': 'finish', onclick: () => { ending = true; draw(); }}, w.finish)),
      el('div', {class: 'undo'}, el('button', {type: 'button', 'data-at': 'undo', disabled: last ? null : '',
        onclick: () => { const one = counted().pop(); if (one) tap({item: '', undo: one.n}); }}, w.undo)));
  }

  function item(one) {
    const mine = counted().filter(each => each.item === one.item), w = tongue.words, latest = mine[mine.length - 1];
    const stamps = mine.map(each => clock(each.t));
    if (one.ask === 'moment') {
      return el('button', {type: 'button', class: 'big', 'data-at': one.item, 'aria-pressed': mine.length ? 'true' : 'false',
        disabled: mine.length && !one.again ? '' : null, onclick: () => tap({item: one.item})},
      el('span', {}, one.text), el('bdi', {class: 'stamp'}, stamps.slice(-3).join(' · ')));
    }
    const head = el('legend', {}, one.text);
    if (one.ask === 'choice') {
      return el('fieldset', {}, head, el('div', {class: 'taps'}, ...one.options.map(option => {
        const times = mine.filter(each => each.what === option.option);
        const on = one.again ? times.length : latest && latest.what === option.option;
        return el('button', {type: 'button', class: 'big', 'data-at': `${one.item}.${option.option}`, 'aria-pressed': on ? 'true' : 'false',
          onclick: () => tap({item: one.item, what: option.option})}, el('span', {}, option.text),
        el('bdi', {class: 'stamp'}, on ? clock(times[times.length - 1].t) : ''));
      })));
    }
    if (one.ask === 'documents') return documents(one, head, mine);
    if (one.ask === 'yes_no') {
      return el('fieldset', {}, head, el('div', {class: 'pair'}, ...[[1, w.yes], [0, w.no]].map(([value, words]) =>
        el('button', {type: 'button', 'data-at': `${one.item}.${value}`, 'aria-pressed': latest && latest.value === value ? 'true' : 'false',
          onclick: () => tap({item: one.item, value})}, words))));
    }
    if (one.ask === 'rating') {
      return el('fieldset', {}, head, el('div', {class: 'pair'}, ...[1, 2, 3, 4, 5].map(value =>
        el('button', {type: 'button', 'data-at': `${one.item}.${value}`, 'aria-pressed': latest && latest.value === value ? 'true' : 'false',
          'aria-label': `${value}${value === 1 ? ` ${w.low}` : value === 5 ? ` ${w.high}` : ''}`,
          onclick: () => tap({item: one.item, value})}, String(value)))),
      el('div', {class: 'ends'}, el('span', {}, w.low), el('span', {}, w.high)));
    }
    return el('fieldset', {}, head, el('textarea', {rows: '3', maxlength: '5000', 'aria-label': one.text, dir: 'auto',
      'data-draft': one.item, 'data-at': one.item,
      onchange: event => tap({item: one.item, text: event.target.value})}, latest ? latest.text : ''));
  }

  function documents(one, head, mine) {
    const w = tongue.words;
    const row = (datum, words, what) => {
      const times = mine.filter(each => each.what === what && (datum ? each.datum === datum : each.words === words));
      return el('button', {type: 'button', 'data-at': `${datum || words}.${what}`, 'aria-pressed': times.length ? 'true' : 'false',
        'aria-label': `${words}: ${w[what]}`,
        onclick: () => tap(datum ? {item: one.item, what, datum} : {item: one.item, what, words})},
      w[what], times.length > 1 ? el('b', {}, ` ×${times.length}`) : null);
    };
    const others = [...new Set(mine.filter(each => !each.datum).map(each => each.words))];
    const rows = [...one.data.map(each => [each.datum, each.text]), ...others.map(words => ['', words])];
    return el('fieldset', {}, head, ...rows.map(([datum, words]) => el('div', {class: 'document'}, el('p', {}, words),
      el('div', {class: 'pair'}, ...['asked', 'given', 'rejected'].map(what => row(datum, words, what))))),
    el('form', {class: 'other', onsubmit: event => {
      event.preventDefault();
      const field = event.target.elements.other, words = field.value.trim();
      if (!words) return;
      field.value = '';
      tap({item: one.item, what: 'asked', words});
    }}, el('label', {for: `other-${one.item}`}, w.other),
    el('input', {id: `other-${one.item}`, name: 'other', 'data-draft': `other-${one.item}`, 'data-at': `other-${one.item}`, maxlength: '200', autocomplete: 'off', dir: 'auto'}),
    el('button', {'data-at': `other-${one.item}-asked`}, w.asked)));
  }

  async function finish() {
    ending = false;
    await tap({item: 'done'});
    visit = {...visit, over: 1};
    await within('readwrite', visits => visits.put(visit));
    draw();
    window.scrollTo(0, 0);
    deliver();
  }

  function over() {
    const w = tongue.words;
    return el('main', {class: 'start'}, el('h1', {tabindex: '-1'}, w.thanks), el('p', {}, w.kept),
      el('div', {class: 'buttons'}, el('button', {type: 'button', 'data-at': 'next', onclick: () => { visit = null; taps = []; draw(); deliver(); }}, w.next)));
  }

  function state() {
    const w = tongue.words, line = page.querySelector('[data-state]');
    if (!line) return;
    const words = refused && waiting ? w.refused.replace('{why}', refused)
      : `${waiting ? w.waiting.replace('{n}', waiting) : w.sent} · ${w[offline]}`;
    if (line.textContent !== words) line.textContent = words;
  }

  function tick() {
    const box = page.querySelector('[data-since]'), first = taps[0];
    const until = visit && visit.over ? taps[taps.length - 1].t : now();
    if (box) box.textContent = first ? span(until - first.t) : '00:00';
  }

  // ---- for use without a network

  async function keepPage() {
    if (!('serviceWorker' in navigator) || !window.caches) { offline = 'never'; return state(); }
    try {
      await navigator.serviceWorker.register('/v/offline.js', {scope: '/v/'});
      await navigator.serviceWorker.ready;
      const kept = await caches.open(KEPT);
      // What is there stays when there is no network just now.
      await kept.addAll([location.pathname, '/v/visit.js']).catch(async gone => { if (!(await kept.match(location.pathname))) throw gone; });
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
      offline = 'offline';
    } catch (gone) { offline = 'online'; }
    page.dataset.offline = offline;
    state();
  }

  async function again() {  // after a reload, or a telephone that was switched off
    const open = (await within('readonly', visits => visits.getAll())).filter(one => one.door === told.door && !one.over);
    visit = open[open.length - 1] || null;
    if (visit) {
      taps = await within('readonly', (_v, all) => all.getAll(IDBKeyRange.bound([visit.visit], [visit.visit, []])));
      if (taps.some(one => one.item === 'done')) {  // killed between the last tap and the end of it
        visit = {...visit, over: 1};
        await within('readwrite', visits => visits.put(visit));
      }
    }
    draw();
    page.dataset.ready = 'yes';
    deliver();
  }

  window.addEventListener('online', () => { deliver(); if (offline !== 'offline') keepPage(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) deliver(); });
  setInterval(deliver, EVERY);
  setInterval(tick, 500);
  again();
  keepPage();
})();
