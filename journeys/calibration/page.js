/* What every calibration page knows: how to say when something happened, after the eye could see it.
 *
 * Its stamps go to the server of the pages, never past the recorder. It takes what it needs of the browser before the
 * page's own script may redefine it. DELAYS (ms by name) and TRIAL are written above it by the page maker.
 */
const { stamp, painted, after, at } = (() => {
  const birth = performance.timeOrigin, since = performance.now.bind(performance);
  const beacon = navigator.sendBeacon.bind(navigator), frame = requestAnimationFrame.bind(window);
  const later = setTimeout.bind(window), Channel = MessageChannel, { stringify } = JSON, Observer = PerformanceObserver;
  const timing = () => performance.getEntriesByType('navigation')[0];
  const boxOf = el => {
    if (!el) return null;
    const own = el.getBoundingClientRect(), frame = window.frameElement && window.frameElement.getBoundingClientRect();
    return [own.left + (frame ? frame.left : 0), own.top + (frame ? frame.top : 0), own.width, own.height];
  };
  const stamp = (name, t, box, more) => beacon('/stamp?trial=' + TRIAL, stringify({ name, t, box, ...more }));
  const at = () => birth + since();
  const painted = (name, el) => {                 // once the frame with it has gone to the screen
    const box = boxOf(el);
    frame(() => { const c = new Channel(); c.port1.onmessage = () => stamp(name, at(), box); c.port2.postMessage(0); });
  };
  addEventListener('click', e => { if (e.isTrusted && e.target.closest('button,a')) stamp('press', birth + e.timeStamp, null); }, true);
  const first = location.pathname.startsWith('/page/');
  if (!first) new Observer(list => {              // what the browser itself reports of the load of a page that answers
    for (const entry of list.getEntries()) if (entry.name === 'first-contentful-paint') {
      const t = timing(), fcp = entry.startTime, el = document.querySelector('[data-answer],[data-part]');
      stamp('load', birth + fcp, boxOf(el), { load: fcp - (t.responseStart - t.requestStart), before: t.fetchStart });
    }
  }).observe({ type: 'paint', buffered: true });
  return { stamp, painted, at, after: (ms, f) => later(f, ms) };
})();

/* The vocabulary that the phenomena are told in. */
const $ = name => document.getElementById(name);
const put = (name, html, where = $('area')) => { where.innerHTML = html; painted(name, where.firstElementChild || where); };
const gone = (name, where = $('area')) => { const el = where.firstElementChild || where; painted(name, el); where.innerHTML = ''; };
const answer = (html = '<p>The fee is 20 dinars</p>') => put('answer', html);
const get = (ms, what = 'fee') => fetch(`/data?ms=${ms}&what=${what}&trial=${TRIAL}`).then(r => r.text());
const burn = ms => { const end = at() + ms; while (at() < end); };
const press = f => { $('go').onclick = f; };
const sends = f => { document.forms[0].onsubmit = f; };
