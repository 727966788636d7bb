// One citizen after another on one screen, with or without a network.
// A page that is sent off is in the browser's own database before the next is shown; it is taken out again only when
// the server has said that it has it. Each citizen and each page carries a random number: sent twice is kept once.
'use strict';
(() => {
  const kiosk = document.getElementById('kiosk');
  const door = kiosk.dataset.door;
  const rules = JSON.parse(kiosk.dataset.rules);
  const tongues = [...kiosk.querySelectorAll('.tongue')];
  const QUIET = 60000, GRACE = 20000, THANKS = 10000, EVERY = 10000, AT_ONCE = 20;

  let language = tongues[0].dataset.language;
  let citizen, answers, order, here, shownAt, timer, sending = false;

  // ---- what is kept until it is sent

  const opened = new Promise((done, failed) => {
    const asking = indexedDB.open('khutwa-kiosk', 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore('parts', {keyPath: 'n', autoIncrement: true});
    asking.onsuccess = () => done(asking.result);
    asking.onerror = () => failed(asking.error);
  });

  async function within(how, work) {
    const base = await opened;
    return new Promise((done, failed) => {
      const turn = base.transaction('parts', how, {durability: 'strict'});
      const asked = work(turn.objectStore('parts'));
      turn.oncomplete = () => done(asked && asked.result);
      turn.onabort = turn.onerror = () => failed(turn.error);
    });
  }

  const keep = part => within('readwrite', parts => parts.add(part));
  const waiting = () => within('readonly', parts => parts.getAll());
  const drop = numbers => within('readwrite', parts => { numbers.forEach(n => parts.delete(n)); });

  async function deliver() {
    if (sending) return;
    sending = true;
    try {
      for (;;) {
        const all = await waiting();
        const mine = all.filter(part => part.door === door).slice(0, AT_ONCE);
        tell(all.length);
        if (!mine.length) break;
        const parcel = mine.map(({citizen, part, fields, seconds}) => ({citizen, part, fields, seconds}));
        const answer = await fetch(`/k/${door}`, {
          method: 'POST', body: JSON.stringify(parcel), headers: {'content-type': 'application/json'},
          credentials: 'omit', cache: 'no-store',
        });
        const kept = new Set((await answer.json()).kept);
        const gone = mine.filter(part => kept.has(part.part)).map(part => part.n);
        if (!gone.length) break;
        await drop(gone);
      }
    } catch (offline) { /* tried again soon; nothing is lost meanwhile */ }
    sending = false;
  }

  function tell(many) {
    for (const tongue of tongues) {
      const says = tongue.querySelector(`template[data-says=${many ? 'waiting' : 'sent'}]`).content.textContent;
      const line = tongue.querySelector('[data-state]');
      const words = says.replace('{n}', many);
      if (line.textContent !== words) line.textContent = words;
    }
    kiosk.dataset.waiting = many;
  }

  // ---- who is asked what

  const chosen = given => given == null ? [] : Array.isArray(given) ? given : [String(given)];

  function holds(rule) {
    if (!rule) return true;
    const [sign, ...parts] = rule;
    if (sign === 'and') return parts.every(holds);
    if (sign === 'or') return parts.some(holds);
    if (sign === 'not') return !holds(parts[0]);
    const [name, value] = parts, given = chosen(answers[name]);
    if (sign === 'selected') return given.includes(String(value));
    const same = given.length ? given.includes(String(value)) || Number(given[0]) === value : value === '';
    if (sign === '=') return same;
    if (sign === '!=') return !same;
    const left = given.length === 1 && given[0] !== '' ? Number(given[0]) : NaN, right = Number(value);
    return {'<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right}[sign];
  }

  function mixed() {
    const places = rules.pages.map(page => page.page);
    for (const group of rules.shuffled) {
      const left = [...group];
      for (const name of group) {
        const [taken] = left.splice(crypto.getRandomValues(new Uint32Array(1))[0] % left.length, 1);
        places[rules.pages.findIndex(page => page.page === name)] = taken;
      }
    }
    return places;
  }

  // ---- one page after another

  const number = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
  const tongue = () => tongues.find(one => one.dataset.language === language);
  const asked = name => rules.pages.find(page => page.page === name);
  const applies = name => holds(asked(name).rule) && asked(name).questions.some(one => holds(one.rule));

  function show(name) {
    if (name !== 'still') here = name;
    for (const one of tongues) {
      one.hidden = one.dataset.language !== language;
      for (const page of one.querySelectorAll('[data-page]')) page.hidden = page.dataset.page !== name;
      const page = asked(name);
      if (page) for (const question of page.questions) {
        one.querySelector(`[data-page="${name}"] [data-question="${question.id}"]`).hidden = !holds(question.rule);
      }
    }
    document.documentElement.lang = language;
    document.documentElement.dir = tongue().dir;
    const heading = tongue().querySelector(`[data-page="${name}"] h1`);
    heading.tabIndex = -1;
    heading.focus();
    window.scrollTo(0, 0);
    if (name !== 'still') shownAt = performance.now();
    rest();
  }

  function rest() {
    clearTimeout(timer);
    if (here === 'start') return;
    timer = setTimeout(() => {
      show('still');
      clearTimeout(timer);
      timer = setTimeout(anew, GRACE);
    }, QUIET);
  }

  function anew() {
    citizen = number();
    answers = {};
    order = mixed();
    for (const form of kiosk.querySelectorAll('form')) form.reset();
    for (const one of kiosk.querySelectorAll('[data-look], [data-skip], [data-own]')) one.hidden = true;
    for (const one of kiosk.querySelectorAll('.open')) one.classList.remove('open');
    language = tongues[0].dataset.language;
    show('start');
    clearTimeout(timer);
  }

  function onward(from) {
    const ended = from !== undefined && rules.takes && from === rules.takes.page && !holds(rules.takes.rule);
    const next = ended ? undefined : order.slice(order.indexOf(from) + 1).find(applies);
    if (next !== undefined) return show(next);
    show('thanks');
    clearTimeout(timer);
    timer = setTimeout(anew, THANKS);
    return own();
  }

  async function own() {  // the address at which a citizen can withdraw
    if (!crypto.subtle) return;
    const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${door} ${citizen}`));
    const token = [...new Uint8Array(sum)].map(b => b.toString(16).padStart(2, '0')).join('').slice(0, 32);
    for (const one of kiosk.querySelectorAll('[data-own]')) {
      one.querySelector('[data-link]').textContent = `${location.host}/s/${token}`;
      one.hidden = false;
    }
  }

  const digits = text => text.replace(/[٠-٩۰-۹]/g, d => '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹'.indexOf(d) % 10).replace(/[٫,،]/g, '.').trim();

  // A point as it is written: three steps of 0.1 are 0.3.
  const onScale = ({low, step}, n) => Number((low + step * Math.round((n - low) / step)).toFixed(9)) === n;

  function said(question, form) {
    const of = name => form.getAll(name).filter(value => value !== '');
    const values = of(question.id);
    const declined = of(`${question.id}.not`).length > 0 || values.includes('-');
    if (declined) return {wrong: new Set(values).size > 1 && question.kind === 'multiple'};
    if (question.kind === 'ranking') {
      const places = question.choices.map(choice => [choice, of(`${question.id}.${choice}`)[0]]).filter(one => one[1]);
      if (!places.length) return {missing: true};
      const all = new Set(places.map(one => one[1]));
      if (all.size < question.choices.length) return {wrong: true};
      return {value: places.sort((a, b) => a[1] - b[1]).map(one => one[0])};
    }
    if (question.kind === 'multiple') {
      return values.length ? {value: values, wrong: question.most && values.length > question.most} : {missing: true};
    }
    if (question.kind === 'consent') return {value: values.includes('yes') ? 'yes' : 'no', missing: !values.length};
    if (!values.length) return {missing: true};
    if (question.kind === 'number') {
      const text = digits(values[0]), n = Number(text);
      const off = !/^[+-]?\d{1,15}([.]\d{1,9})?$/.test(text)
        || (question.low !== null && n < question.low) || (question.high !== null && n > question.high)
        || (question.step ? !onScale(question, n) : question.whole && !Number.isInteger(n));
      return {value: n, wrong: off};
    }
    return {value: values[0]};
  }

  async function send(form, pressed) {
    const name = form.dataset.form, data = new FormData(form);
    if (pressed && pressed.name) data.append(pressed.name, pressed.value);
    if (name !== 'consent') {
      const open = [], wrong = [], must = [];
      for (const question of asked(name).questions.filter(one => holds(one.rule))) {
        const told = said(question, data);
        if (told.wrong) wrong.push(question.id);
        if (told.missing && (question.required || question.wanted)) open.push(question.id);
        if (told.missing && question.required) must.push(question.id);
        answers[question.id] = told.value;
      }
      const skips = data.get('skip') === 'yes' && !must.length;
      if (wrong.length || (open.length && !skips)) return look(form, [...open, ...wrong], !wrong.length && !must.length);
    } else if (document.documentElement.requestFullscreen && !document.fullscreenElement) {
      document.documentElement.requestFullscreen().catch(() => {});
    }
    data.append('spoken', language);
    const seconds = (performance.now() - shownAt) / 1000;
    const fields = [...data.entries()].map(([key, value]) => [key, String(value)]);
    await keep({door, citizen, part: number(), fields, seconds});
    deliver();
    return name === 'consent' ? onward(undefined) : onward(name);
  }

  function look(form, names, mayGoOn) {
    for (const one of form.querySelectorAll('[data-question]')) {
      one.firstElementChild.classList.toggle('open', names.includes(one.dataset.question));
    }
    form.querySelector('[data-look]').hidden = false;
    form.querySelector('[data-skip]').hidden = !mayGoOn;
    form.querySelector(`[data-question="${names[0]}"]`).scrollIntoView({block: 'center'});
  }

  function speak(other) {  // what was filled in so far goes over into the other language
    const was = tongue(), now = tongues.find(one => one.dataset.language === other);
    for (const form of was.querySelectorAll('form')) {
      const twin = now.querySelector(`form[data-form="${form.dataset.form}"]`);
      [...form.elements].forEach((field, n) => {
        const same = twin.elements[n];
        if (!same || same.name !== field.name) return;
        if (['checkbox', 'radio'].includes(field.type)) same.checked = field.checked;
        else if (field.type !== 'hidden' && 'value' in field && field.tagName !== 'BUTTON') same.value = field.value;
      });
    }
    language = other;
    show(here);
  }

  // ---- what is pressed

  kiosk.addEventListener('submit', event => {
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    send(event.target, button).finally(() => { if (button) button.disabled = false; });
  });
  kiosk.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.speak) speak(button.dataset.speak);
    if ('next' in button.dataset || 'stop' in button.dataset) anew();
    if ('here' in button.dataset) show(here);
  });
  for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => { if (!isStill()) rest(); });
  const isStill = () => [...kiosk.querySelectorAll('[data-page=still]')].some(one => !one.hidden && !one.closest('[hidden]'));

  window.addEventListener('online', deliver);
  setInterval(deliver, EVERY);
  if ('serviceWorker' in navigator) navigator.serviceWorker.register('/k/offline.js', {scope: '/k/'}).catch(() => {});
  anew();
  deliver();
  kiosk.dataset.ready = 'yes';
})();
