// Numbers on the page in the digits that the reader chose, wherever they stand: what widgets, charts and the lab itself
// write. Text nodes alone are rewritten, before they are painted, and go back to what they were when digits change.
// NUMBERS is what studies/page_numbers.py puts there: the digits, and which texts are numbers, told once for both.

window.khutwaNumbers = NUMBERS;
if (window.khutwaNumbers.own && !window.khutwaNumerals) {
  const kept = new WeakMap(); // a text node: [as it was, as it was rewritten]
  const aside = "pre, code, kbd, script, style, input, textarea, [contenteditable=true], [dir=ltr],"
    + " [data-testid=stIconMaterial], [data-testid=stJson], [class*=st-key-][class*=digits]";
  const write = (node) => {
    const { own, number } = window.khutwaNumbers;
    const now = node.nodeValue;
    const [before, made] = kept.get(node) || [];
    const was = made === now ? before : now;
    const found = !own || !/[0-9]/.test(was) || node.parentElement?.closest(aside) ? was
      : was.replace(new RegExp(number, "g"), (all, name) => name !== undefined ? all
        : all.replace(/[0-9.,%]/g, (one) => own[one]));
    if (found !== was) kept.set(node, [was, found]);
    else kept.delete(node);
    if (found !== now) node.nodeValue = found;
  };
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return write(root);
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) write(texts.currentNode);
  };
  const seen = (changes) => {
    for (const change of changes) {
      if (change.type === "characterData") write(change.target);
      for (const node of change.addedNodes) all(node);
    }
  };
  new MutationObserver(seen).observe(document.body, { childList: true, characterData: true, subtree: true });
  window.khutwaNumerals = () => all(document.body);
}
window.khutwaNumerals?.();
