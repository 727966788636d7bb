/* axe-core's verdict on this page as it stands: the rules that are broken and where. The page fetches nothing for it
 * (no style sheet is loaded again), and axe-core is gone from it afterwards.
 *
 * axe-core takes a text for an icon, and leaves its contrast alone, when its letters together are narrower than one by one:
 * so are joined Arabic letters. While it looks, Arabic is measured letter by letter; without that no Arabic text is judged.
 */
const before = window.khutwaHadAxe, ARABIC = /[\u0620-\u06d3\u0750-\u077f\u08a0-\u08c9]/;
const canvas = window.CanvasRenderingContext2D && window.CanvasRenderingContext2D.prototype, real = canvas && canvas.measureText;
if (real) canvas.measureText = function (text) {
  if (this.canvas.isConnected || text.length < 2 || !ARABIC.test(text)) return real.call(this, text);
  return { width: Array.from(text).reduce((sum, letter) => sum + real.call(this, letter).width, 0) };
};
return window.axe.run(document, { resultTypes: ['violations'], preload: false, iframes: false, elementRef: true }).then(
  found => found.violations.map(rule => ({
    id: rule.id, impact: rule.impact, help: rule.help,
    places: rule.nodes.slice(0, arguments[0]).map(node => node.element ? placeOf(node.element) : { label: '', path: '' }),
  }))
).finally(() => {
  if (real) canvas.measureText = real;
  if (before) window.axe = before; else delete window.axe;
  delete window.khutwaHadAxe;
});
