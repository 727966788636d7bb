/* What a citizen could press or fill in on the page now: texts and states for the player to choose from, then the one
 * element that it chose. Called with "press" or "field", and the position and words of the chosen one or nulls; with "css", a
 * selector (">>>" leads into shadow roots, "xpath=" begins an XPath) and "element"; with "field" and a list of selectors, it says of
 * each field which of them mean it; with "send" and the field being filled in: the button that sends its form; with "text".
 */
const [kind, place, words] = arguments;
const tidy = text => (text || '').replace(/\s+/g, ' ').trim();
const CONTROL = 'input,select,textarea,button,datalist,option,script,style,svg';
const written = (node, not) => {
  if (!node) return '';
  let text = '';
  for (const child of node.childNodes) {
    if (child.nodeType === 3) text += child.data;
    else if (child.nodeType === 1 && !child.matches(not) && !child.hidden && child.getAttribute('aria-hidden') !== 'true') text += ' ' + written(child, not);
  }
  return tidy(text);
};
const own = node => written(node, CONTROL + ',.sr-only,.screen-reader-text,[class*=visually i]') || written(node, CONTROL);
const named = (el, attribute) => tidy((el.getAttribute(attribute) || '').split(/\s+/).filter(Boolean).map(id => own(el.getRootNode().getElementById(id))).join(' '));
const open = el => !el.value || (!el.multiple && !el.querySelector('[selected]') && el.selectedOptions[0] === el.querySelector('option:enabled'));   // the first, chosen by nobody
const there = el => {
  if (el.checkVisibility && !el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  const box = el.getBoundingClientRect();
  return box.width > 1 && box.height > 1;
};
const roots = [document];
for (let i = 0; i < roots.length; i++) for (const el of roots[i].querySelectorAll('*')) if (el.shadowRoot) roots.push(el.shadowRoot);
const all = selector => roots.flatMap(root => Array.from(root.querySelectorAll(selector)));
const enabled = el => !el.matches(':disabled') && el.getAttribute('aria-disabled') !== 'true';
const roleOf = el => el.getAttribute('role') || (el.localName === 'a' ? 'link' : el.localName === 'summary' ? 'summary' : 'button');

let found = [];
if (kind === 'text') return document.body ? document.body.innerText : '';
if (kind === 'send') {
  const sends = form => Array.from(form.elements).find(el => /^(submit|image)$/.test(el.type) && there(el) && enabled(el));
  const asks = form => Array.from(form.elements).some(el => !/^(hidden|submit|button|image|reset)$/.test(el.type) && there(el));
  if (place && place.isConnected && place.form && sends(place.form)) return sends(place.form);
  const forms = Array.from(document.forms).filter(form => sends(form) && !form.closest('[role=search]')), form = forms.find(asks) || forms[0];
  return form ? sends(form) : null;
}
if (kind === 'press') {
  const PRESS = 'a[href],area[href],button,summary,input[type=submit],input[type=button],input[type=image],input[type=reset],[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=switch],[onclick]';
  const pointed = roots.flatMap(root => Array.from(root.querySelectorAll('div,span,li,td,label'))).filter(el => !el.closest(PRESS) && !el.querySelector(PRESS) && el.localName !== 'label' && tidy(el.textContent).length < 80 && getComputedStyle(el).cursor === 'pointer');
  found = [...all(PRESS), ...pointed].map(el => ({
    el, words: (el.localName === 'input' ? tidy(el.value || el.alt) : tidy(el.innerText)) || named(el, 'aria-labelledby') || tidy(el.getAttribute('aria-label')) || tidy(el.title),
    label: named(el, 'aria-labelledby') || tidy(el.getAttribute('aria-label')), name: el.name || '', id: el.id, role: roleOf(el),
    visible: there(el), enabled: enabled(el), form: /^(submit|image)$/.test(el.type) && !!el.form,
  }));
} else if (kind === 'field') {
  const focus = document.activeElement;
  found = all('input,select,textarea,[contenteditable=""],[contenteditable=true]').filter(el => !/^(hidden|submit|button|reset|image)$/.test(el.type)).map(el => {
    const box = el.closest('fieldset,[role=group],[role=radiogroup]'), labels = Array.from(el.labels || []);
    const group = box ? own(box.querySelector('legend')) || named(box, 'aria-labelledby') || tidy(box.getAttribute('aria-label')) : '';
    return {
      el, label: named(el, 'aria-labelledby') || (labels[0] ? own(labels[0]) : '') || tidy(el.getAttribute('aria-label')) || tidy(el.placeholder) || tidy(el.title),
      group, name: el.name || '', id: el.id, auto: el.getAttribute('autocomplete') || '', type: el.type || 'text', value: /^(checkbox|radio)$/.test(el.type) ? el.value : '',
      css: (Array.isArray(words) ? words : []).filter(selector => { try { return selector.startsWith('xpath=') ? document.evaluate(selector.slice(6), document, null, 9, null).singleNodeValue === el : el.matches(selector.split(/\s*>>>\s*/).pop()) } catch { return false } }),
      visible: there(el) || labels.some(there), hidden: !there(el), enabled: enabled(el) && !el.readOnly, chosen: !!el.checked, form: Array.from(document.forms).indexOf(el.form),
      empty: el.localName === 'select' ? open(el) : el.type === 'file' ? !el.files.length : !('value' in el ? el.value : el.textContent), here: el === focus,
      options: el.localName === 'select' ? Array.from(el.options, o => ({ words: tidy(o.text), value: o.value, enabled: !o.disabled && !o.hidden && !(o.parentElement.localName === 'optgroup' && o.parentElement.disabled), chosen: o.selected })) : [],
    };
  });
} else if (kind === 'css') {
  const [first, ...inside] = place.split(/\s*>>>\s*/), path = place.replace(/^xpath=/, ''), within = el => el.shadowRoot || el;
  let hits = [];
  try { hits = path === place ? inside.reduce((els, next) => els.flatMap(el => Array.from(within(el).querySelectorAll(next))), all(first))
    : (nodes => Array.from({ length: nodes.snapshotLength }, (_, i) => nodes.snapshotItem(i)).filter(n => n.nodeType === 1))(document.evaluate(path, document, null, 7, null)) } catch { /* no selector: it means nothing here */ }
  found = hits.map(el => ({ el, words: tidy(el.innerText), visible: there(el), enabled: enabled(el) }));
}
if (kind === 'css' ? words === 'element' : place !== null) {
  const one = kind === 'css' ? found.find(f => f.visible && f.enabled) : found[place];
  if (!one || (kind !== 'css' && (one.words || one.label || one.name) !== words)) return null;
  if (kind === 'field' && one.hidden && one.type !== 'file') return Array.from(one.el.labels || []).find(there) || null;
  return one.el;
}
return found.map(({ el, ...rest }) => rest);
