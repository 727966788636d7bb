/* Where something stands on a page, as a finding may tell it: the label of what can be used, else a short path. What was
 * typed is not read: neither the value of a field nor an attribute that may repeat it is part of a place.
 */
const tidy = text => (text || '').replace(/\s+/g, ' ').trim();
const CONTROL = 'input,select,textarea,datalist,option,script,style,svg';
const ownWords = node => {
  let text = '';
  for (const child of node ? node.childNodes : []) {
    if (child.nodeType === 3) text += child.data;
    else if (child.nodeType === 1 && !child.matches(CONTROL) && !child.hidden) text += ' ' + ownWords(child);
  }
  return tidy(text);
};
const labelOf = el => {
  if (!el.matches('input,select,textarea,button,a[href],summary,label,legend,option,[role=button],[role=link],[role=tab],th')) return '';
  const by = (el.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean).map(id => ownWords(document.getElementById(id))).join(' ');
  const pressed = el.matches('input[type=submit],input[type=button],input[type=reset]') ? el.getAttribute('value') : '';
  const around = el.matches('input[type=radio],input[type=checkbox]') && el.closest('fieldset');
  return tidy(by || el.getAttribute('aria-label') || (around && ownWords(around.querySelector('legend'))) || (el.labels && el.labels[0] && ownWords(el.labels[0]))
    || pressed || (el.matches('input,select,textarea') ? el.getAttribute('placeholder') : ownWords(el)) || el.getAttribute('title')).slice(0, 80);
};
const pathOf = el => {
  const parts = [];
  for (let e = el; e && e.nodeType === 1 && parts.length < 4; e = e.parentElement) {
    if (e.id) { parts.unshift(`${e.localName}#${e.id.replace(/\d+/g, '0')}`); break; }
    const looks = Array.from(e.classList).filter(name => !/\d/.test(name)).slice(0, 2).join('.');
    const alike = e.parentElement ? Array.from(e.parentElement.children).filter(other => other.localName === e.localName) : [e];
    parts.unshift(e.localName + (looks ? '.' + looks : '') + (alike.length > 1 ? `:nth-of-type(${alike.indexOf(e) + 1})` : ''));
    if (/^(body|html|main|header|footer|nav)$/.test(e.localName)) break;
  }
  return parts.join(' > ');
};
const placeOf = el => ({ label: labelOf(el), path: pathOf(el) });
const seen = el => {
  if (el.checkVisibility && !el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  const box = el.getBoundingClientRect();
  return box.width > 1 && box.height > 1;
};
