/* Plays a session's pictures at the moments they were seen. Draws what changed upon what stood; a jump begins at the last whole
 * picture before it. Silences always run at real speed.
 */
(() => {
  const what = JSON.parse(document.getElementById('what').textContent), said = what.words;
  const one = selector => document.querySelector(selector), all = selector => Array.from(document.querySelectorAll(selector));
  const main = one('main'), canvas = one('canvas'), draws = canvas.getContext('2d'), ground = one('.ground'), head = one('.head');
  const play = one('.play'), silences = all('.silence'), steps = all('ol.steps button'), rates = [1, 2, 4];
  const mirrored = document.documentElement.dir === 'rtl';
  let now = what.start, playing = false, rate = 0, drawn = -1, last = 0;

  const pictures = what.pictures.map(code => { const image = new Image(); image.src = 'data:image/webp;base64,' + code; return image; });
  const seconds = value => said.seconds.replace('{number}', '\u2066' + value.toFixed(1) + '\u2069');
  const at = time => {  // the last picture that stands at this moment; before the first, none
    let low = 0, high = what.shown.length;
    while (low < high) { const middle = (low + high) >> 1; if (what.shown[middle][0] <= time + 1e-6) low = middle + 1; else high = middle; }
    return low - 1;
  };
  const draw = () => {
    const wanted = at(now);
    if (wanted === drawn) return;
    let from = wanted;
    while (from > 0 && !what.shown[from][5] && from !== drawn + 1) from--;
    if (wanted < 0) draws.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = Math.max(from, 0); i <= wanted; i++) {
      const [, , y, width, height, whole] = what.shown[i];
      if (whole) draws.clearRect(0, 0, canvas.width, canvas.height);
      draws.drawImage(pictures[i], what.left[i], y, width, height);
    }
    drawn = wanted;
    main.dataset.picture = wanted;
  };
  const inside = list => list.find(([begin, end]) => now >= begin && now < end);
  const show = () => {
    draw();
    head.style.insetInlineStart = 100 * now / what.seconds + '%';
    ground.setAttribute('aria-valuenow', now.toFixed(1));
    const silence = inside(what.silences), sign = inside(what.signs), wait = inside(what.waits);
    const so = silence ? said.silence.replace('{seconds}', seconds(now - silence[0])) : sign ? said.sign : wait ? said.wait : '';
    ground.setAttribute('aria-valuetext', `${seconds(now)} ${so}`);
    one('.clock').textContent = `\u2066${now.toFixed(1)} / ${what.seconds.toFixed(1)}\u2069 ${said.unit}`;
    one('.state').textContent = so;
    one('.over').textContent = silence ? so : '';
    let current = null;
    for (const step of steps) { step.removeAttribute('aria-current'); if (Number(step.dataset.at) <= now + 1e-6) current = step; }
    if (current) current.setAttribute('aria-current', 'step');
    one('.step').textContent = current ? current.textContent : '';
    main.dataset.at = now.toFixed(3);
  };
  const to = time => { now = Math.min(Math.max(time, 0), what.seconds); show(); };
  const tick = when => {
    if (!playing) return;
    to(now + (when - last) / 1000 * (inside(what.silences) ? 1 : rates[rate]));
    last = when;
    if (now >= what.seconds) turn(false); else requestAnimationFrame(tick);
  };
  const turn = on => {
    if (on && now >= what.seconds) now = 0;
    playing = on;
    play.textContent = on ? said.pause : said.play;
    play.setAttribute('aria-pressed', on);
    main.dataset.playing = on;
    last = performance.now();
    if (on) requestAnimationFrame(tick);
  };
  const jump = button => { to(Number(button.dataset.from) - 0.5); };
  const leap = forward => {  // a jump stands half a second before its silence: the next one begins after that
    const begins = silences.map(button => Number(button.dataset.from));
    const place = forward ? begins.findIndex(begin => begin - 0.5 > now + 0.01) : begins.findLastIndex(begin => begin - 0.5 < now - 0.01);
    if (place >= 0) { silences[place].focus({ preventScroll: true }); jump(silences[place]); }
  };
  const frame = by => { const place = Math.min(Math.max(at(now) + by, 0), what.shown.length - 1); to(what.shown[place][0]); };

  play.onclick = () => turn(!playing);
  one('.next').onclick = () => leap(true);
  one('.before').onclick = () => leap(false);
  one('.pace').onclick = () => { rate = (rate + 1) % rates.length; one('.pace bdi').textContent = rates[rate] + '×'; };
  for (const button of silences) button.onclick = () => { jump(button); turn(true); };
  for (const step of steps) step.onclick = () => to(Number(step.dataset.at));
  const point = event => {
    const box = ground.getBoundingClientRect(), share = (event.clientX - box.left) / box.width;
    to((mirrored ? 1 - share : share) * what.seconds);
  };
  ground.onpointerdown = event => { ground.setPointerCapture(event.pointerId); point(event); };
  ground.onpointermove = event => { if (event.buttons) point(event); };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = mirrored ? -1 : 1, key = event.key.length === 1 ? event.key.toLowerCase() : event.key, button = event.target.closest && event.target.closest('button');
    const does = {
      ArrowRight: () => to(now + on), ArrowLeft: () => to(now - on), PageDown: () => to(now + 10), PageUp: () => to(now - 10),
      Home: () => to(0), End: () => to(what.seconds), n: () => leap(true), p: () => leap(false), ',': () => frame(-1), '.': () => frame(1),
    }[key] || (key === ' ' && !(button && button !== play) ? () => turn(!playing) : null);
    if (!does) return;
    event.preventDefault();
    does();
  });
  Promise.all(pictures.map(image => image.decode())).then(() => { drawn = -1; show(); main.dataset.ready = 'yes'; }, () => {
    one('.state').textContent = said.damaged;
    main.dataset.ready = 'damaged';
  });
  turn(false);
})();
