/* How this page has loaded and moved until now, from what the browser itself has kept: times in milliseconds, null for
 * what it did not observe. A layout shift counts by the worst window of at most five seconds with gaps under one.
 */
const Observer = window.PerformanceObserver;
const entries = (type, more) => {
  if (!Observer || !(Observer.supportedEntryTypes || []).includes(type)) return null;
  const observer = new Observer(() => {});
  observer.observe({ type, buffered: true, ...more });
  const found = observer.takeRecords();
  observer.disconnect();
  return found;
};
const [loaded] = performance.getEntriesByType('navigation');
const fcp = performance.getEntriesByName('first-contentful-paint')[0];
const lcp = (entries('largest-contentful-paint') || []).at(-1);
const shifts = entries('layout-shift');
let cls = shifts && 0, inWindow = 0, first = 0, last = 0;
for (const shift of shifts || []) {
  if (shift.hadRecentInput) continue;
  if (inWindow && shift.startTime - last < 1000 && shift.startTime - first < 5000) inWindow += shift.value;
  else { inWindow = shift.value; first = shift.startTime; }
  last = shift.startTime;
  cls = Math.max(cls, inWindow);
}
const presses = [...(entries('event', { durationThreshold: 16 }) || []).filter(e => e.interactionId), ...(entries('first-input') || [])];
return {
  born: performance.timeOrigin,
  lcp: lcp ? lcp.startTime : null, cls, fcp: fcp ? fcp.startTime : null,
  inp: presses.length ? Math.max(...presses.map(e => e.duration)) : null,
  ttfb: loaded && loaded.responseStart > 0 ? loaded.responseStart : null,
};
