/* The task that a participant was given, put before the recorder: which session they are, and whether it is done.
 *
 * Whoever comes by a link to a task (#khutwa=TOKEN) is that task's session for this tab, whatever the tag says; the token
 * is taken out of the address before the page's own scripts run. What settles the task is asked for at r/TOKEN beside the
 * recorder, or is in scope as `khutwaTask` (a seat in the lab): {done: [{outcome, texts}], back}. Once one of the texts
 * can be read, the recorder is told, and the tab goes to `back`, the lab's page. Nothing of the page is ever sent.
 */
(() => {
  'use strict';
  const W = window, KEPT = 'task of khutwa', script = document.currentScript, every = W.setInterval.bind(W), later = W.setTimeout.bind(W);
  const plain = text => text.normalize('NFKD').replace(/[\p{M}\p{Cf}\u0640]/gu, '').replace(/\u0649/g, '\u064a').toLowerCase().replace(/\s+/g, ' ').trim();
  const aim = given => {
    const goals = given.done.map(goal => ({ outcome: goal.outcome, texts: goal.texts.map(plain) }));
    let before = -1;
    const judge = () => {
      const said = document.body ? document.body.textContent : '';
      if (said.length === before) return;   // nothing new: what can be seen is looked at only then
      before = said.length;
      const whole = plain(said);
      if (!goals.some(goal => goal.texts.some(text => whole.includes(text)))) return;
      const shown = plain(document.body.innerText), goal = goals.find(one => one.texts.some(text => shown.includes(text)));
      if (!goal) { before = -1; return; }   // there, and not before their eyes yet
      clearInterval(looking);
      W.dispatchEvent(new CustomEvent('khutwa:done', { detail: goal.outcome }));
      if (given.back) later(() => { location.assign(given.back); }, 4000);   // they have read it by then
    };
    const looking = goals.length ? every(judge, 200) : 0;
  };
  if (typeof khutwaTask === 'object') { aim(khutwaTask); return; }
  if (!script || !script.src || typeof khutwaChannel === 'function') return;
  let task = null;
  try {
    const linked = W === W.top && /[#&]khutwa=([\w.:-]{1,90})$/.exec(location.hash);
    if (linked) {
      task = linked[1];
      history.replaceState(history.state, '', location.href.slice(0, -linked[0].length));
      sessionStorage.setItem(KEPT, task);
    }
    task = task || sessionStorage.getItem(KEPT);
  } catch (_) { /* refused */ }
  if (!task) return;
  script.dataset.session = task;
  if (W === W.top) W.fetch(new URL('r/' + task, script.src).href, { credentials: 'omit' }).then(r => r.ok ? r.json() : { done: [] }).then(aim).catch(() => {});
})();
