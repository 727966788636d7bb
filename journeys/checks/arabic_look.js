/* The words of a page as they stand on it, for the rules that read them: each with its direction, language, spacing and
 * place; numbers of several groups with the order in which the eye meets them; which fields are written from the right; in
 * which script the browser's own messages would come; styles that know left and right only. Values of fields are not read.
 */
const MOST = 4000, D = '0-9\u0660-\u0669\u06f0-\u06f9';
const NUMBER = new RegExp(`[+\u2212-]?\\(?[${D}]+(?:[ \u00a0]?[-/.,:()\u2013\u2014\u2212 \u00a0][ \u00a0]?[${D}]+)+|[+\u2212-][${D}]+`, 'gu');
const GROUP = new RegExp(`[${D}]+`, 'gu'), ARABIC = /[\u0620-\u064a\u066e-\u06d3\u06fa-\u06fc\u0750-\u077f\u08a0-\u08ff]/g;
const style = el => getComputedStyle(el);
const spoken = el => { const near = el.closest('[lang]'); return near ? near.getAttribute('lang') : ''; };
const text = (el, words, kind) => {
  const css = style(el);
  return { text: tidy(words), kind, lang: spoken(el), dir: css.direction, spacing: parseFloat(css.letterSpacing) || 0, transform: css.textTransform, where: placeOf(el) };
};
const NOT_READ = 'script,style,noscript,template,code,pre,kbd,samp,textarea,[contenteditable=""],[contenteditable=true],[translate=no],svg,math';
const texts = [], numbers = [];

const walker = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
for (let node, many = 0; many < MOST && (node = walker.nextNode());) {
  const el = node.parentElement;
  if (!el || !node.data.trim() || el.closest(NOT_READ)) continue;
  many++;
  if (el.localName === 'option' || el.localName === 'optgroup') { texts.push(text(el, node.data, 'option')); continue; }
  if (!seen(el)) continue;
  texts.push(text(el, node.data, el.closest('button,a[href],summary,[role=button]') ? 'press' : el.closest('label,legend') ? 'label' : /^h[1-6]$/.test(el.localName) ? 'heading' : 'text'));
  for (const match of node.data.matchAll(NUMBER)) numbers.push(...measured(node, match, el));
}
function measured(node, match, el) {                          // where the eye finds the groups, and the sign
  const box = (from, to) => { const r = document.createRange(); r.setStart(node, from); r.setEnd(node, to); return r.getBoundingClientRect(); };
  const groups = Array.from(match[0].matchAll(GROUP), g => box(match.index + g.index, match.index + g.index + g[0].length));
  const first = groups[0], last = groups.at(-1), lines = groups.some(g => Math.abs(g.top - first.top) > first.height / 2);
  if (lines || !first.width) return [];
  const sign = /^[+\u2212-]/.test(match[0]) && box(match.index, match.index + 1);
  return [{
    shape: match[0].replace(new RegExp(`[${D}]`, 'gu'), '#'), where: placeOf(el),
    reversed: groups.length > 1 && first.left > last.left, sign_behind: !!sign && sign.left > Math.min(first.left, last.left),
  }];
}

for (const el of document.querySelectorAll('[placeholder],[aria-label],[title],img[alt],input[type=submit],input[type=button],input[type=reset]')) {
  if (!seen(el) || el.closest(NOT_READ.replace('textarea,', '')) && el.localName !== 'textarea') continue;
  for (const name of ['placeholder', 'aria-label', 'title', 'alt']) if (el.getAttribute(name)) texts.push(text(el, el.getAttribute(name), 'label'));
  if (el.matches('input[type=submit],input[type=button],input[type=reset]') && el.value) texts.push(text(el, el.value, 'press'));
}

const fields = Array.from(document.querySelectorAll('input,textarea')).filter(el => seen(el) && !/^(hidden|submit|button|reset|image|radio|checkbox|file|range|color)$/.test(el.type))
  .map(el => ({ type: el.type, auto: el.getAttribute('autocomplete') || '', mode: el.getAttribute('inputmode') || '', name: el.name, dir: style(el).direction, where: placeOf(el) }));

const scriptOf = words => {                                     // what stands in quotes may be what was typed
  const said = words.replace(/["'«»“”‘’][^"'«»“”‘’]*["'«»“”‘’]/g, ''), arabic = (said.match(ARABIC) || []).length, latin = (said.match(/[A-Za-z]/g) || []).length;
  return arabic > latin ? 'arabic' : latin ? 'latin' : 'other';
};
const messages = [];
const probe = document.createElement('input');
probe.required = true;
for (const form of document.forms) {
  if (form.noValidate) continue;
  const field = Array.from(form.elements).find(el => el.willValidate && seen(el) && (el.required || el.pattern || el.min || el.max || el.minLength > 0 || /^(email|url|number|date)$/.test(el.type)));
  if (field) messages.push({ script: scriptOf(probe.validationMessage), own: false, where: placeOf(field) });
  for (const el of form.elements) if (el.willValidate && el.validity.customError) messages.push({ script: scriptOf(el.validationMessage), own: true, where: placeOf(el) });
}

const styles = [], PAIRS = [['padding-left', 'padding-right'], ['margin-left', 'margin-right'], ['border-left-width', 'border-right-width']];
const sided = rule => {
  const s = rule.style, found = [];
  if (s.getPropertyValue('text-align') === 'left') found.push('text-align');
  if (s.getPropertyValue('float') === 'left') found.push('float');
  for (const [left, right] of PAIRS) if (s.getPropertyValue(left) && s.getPropertyValue(left) !== s.getPropertyValue(right) && parseFloat(s.getPropertyValue(left)) !== 0) found.push(left);
  return found;
};
const rules = sheet => { try { return Array.from(sheet.cssRules); } catch (_) { return []; } };   // a sheet from elsewhere is closed
const flat = list => list.flatMap(rule => rule.cssRules && !rule.selectorText && (!rule.media || matchMedia(rule.media.mediaText).matches) ? flat(Array.from(rule.cssRules)) : [rule]);
for (const rule of flat([...document.styleSheets].flatMap(rules))) {
  if (!rule.style || !rule.selectorText || /rtl/.test(rule.selectorText)) continue;
  for (const property of sided(rule)) {
    let el = null;
    try { el = Array.from(document.querySelectorAll(rule.selectorText)).find(e => seen(e) && style(e).direction === 'rtl' && !e.matches('input,select,textarea,bdi,[dir=ltr]')); } catch (_) { /* a selector of a kind yet to come */ }
    // Something more particular may have mended it for this direction: only what is in force counts.
    if (el && (!/^(text-align|float)$/.test(property) || style(el).getPropertyValue(property) === 'left')) styles.push({ property, where: placeOf(el) });
  }
}

const root = document.documentElement, body = document.body || root;
return {
  lang: root.getAttribute('lang') || '', dir: root.getAttribute('dir') || body.getAttribute('dir') || '', reads: style(body).direction, title: document.title,
  texts, numbers, fields, messages, styles,
};
