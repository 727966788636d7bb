// Whoever pressed something sees that work goes on: a bar at the head of the page, in the colour of a wait.
// What Streamlit's own markup keeps from some readers is mended, too. SAYS: the words of the language in force.
window.khutwaSays = SAYS;
if (!window.khutwaWorking) {
  const bar = document.createElement('div');
  bar.setAttribute('role', 'progressbar');
  bar.className = 'khutwa-working';
  bar.style.cssText = 'position:fixed;top:0;left:0;right:0;height:4px;z-index:1000000;display:none';
  document.body.append(bar);
  let soon = 0;
  const show = () => {
    bar.setAttribute('aria-label', window.khutwaSays.working);
    bar.style.display = 'block';
  };
  const begin = () => { if (!soon) soon = setTimeout(show, 250); };
  // What is always asked of the lab counts from the press: a busy lab may need a while before it begins.
  const asks = '[data-testid=stPageLink] a, [data-testid=stSidebarNavLink], [data-testid=stButton] button';
  // A bar that stands already says nothing of this press: it goes, and comes anew.
  document.addEventListener('click', (event) => {
    if (!event.target.closest(asks) && bar.style.display === 'none') return;
    clearTimeout(soon);
    soon = 0;
    bar.style.display = 'none';
    begin();
  }, true);
  const mend = () => {
    // Streamlit puts its list of pages into boxes within the list: a screen reader is told where the lists are.
    for (const list of document.querySelectorAll('[data-testid=stSidebarNavItems]:not([role])')) {
      list.setAttribute('role', 'none');
      for (const items of list.querySelectorAll(':scope > div')) items.setAttribute('role', 'list');
    }
    for (const code of document.querySelectorAll('[data-testid=stCode] pre:not([tabindex])')) code.tabIndex = 0;
    // What is wider than a narrow screen is moved along by keys as well as by a finger.
    for (const chart of document.querySelectorAll('[data-testid=stVegaLiteChart]:not([tabindex])'))
      if (chart.scrollWidth > chart.clientWidth + 1) {
        chart.tabIndex = 0;
        if (document.documentElement.dir === 'rtl') chart.scrollLeft = chart.scrollWidth;
      }
    // Where files are brought in Streamlit speaks English only.
    const spoken = {'Upload': window.khutwaSays.upload};
    const bringing = '[data-testid=stFileUploaderDropzone]', most = '[data-testid=stFileUploaderDropzoneInstructions]';
    for (const said of document.querySelectorAll(`${bringing} button p, ${most} span`)) {
      const words = said.firstChild;
      if (!words || words.nodeType !== Node.TEXT_NODE) continue;
      if (!said.dataset.said) said.dataset.said = words.nodeValue;
      const first = said.dataset.said;
      const now = spoken[first] || first.replace(/^([0-9٠-٩]+)MB per file/, window.khutwaSays.size);
      if (words.nodeValue !== now) words.nodeValue = now;
    }
  };
  const look = () => {
    const app = document.querySelector('[data-testid=stApp]');
    const works = !!app && app.dataset.testScriptState === 'running';
    if (works) begin();
    if (!works) { clearTimeout(soon); soon = 0; bar.style.display = 'none'; }
  };
  window.khutwaWorking = new MutationObserver(look);
  const what = {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']};
  window.khutwaWorking.observe(document.body, what);
  let mending = 0;
  const drawn = () => { if (!mending) mending = setTimeout(() => { mending = 0; mend(); }, 150); };
  new MutationObserver(drawn).observe(document.body, {childList: true, subtree: true});
  mend();
  look();
}
