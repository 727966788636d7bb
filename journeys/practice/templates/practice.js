// Sends a form without leaving the page and puts what comes back in its place; without it the form is sent as it is.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("byFetch" in form.dataset)) return;
  event.preventDefault();
  if (form.sending) return;
  form.sending = true;
  let sign;
  if (Number(form.dataset.spinner)) {
    sign = setTimeout(() => {
      const waiting = document.createElement("div");
      waiting.className = "waiting";
      waiting.setAttribute("role", "status");
      const spinner = document.createElement("span");
      spinner.className = "spinner";
      spinner.setAttribute("aria-hidden", "true");
      waiting.append(spinner, " " + form.dataset.waiting);
      form.after(waiting);
      waiting.scrollIntoView({ block: "nearest" });
    }, Number(form.dataset.silent) * 1000);
  }
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-By-Fetch": "1" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    history.pushState(null, "", answer.url);
    document.title = page.title;
    document.querySelector(".agency").replaceWith(page.querySelector(".agency"));
    document.querySelector("main").replaceWith(page.querySelector("main"));
    window.scrollTo(0, 0);
  } catch {
    form.sending = false;
    form.submit();
  } finally {
    clearTimeout(sign);
  }
});
window.addEventListener("popstate", () => location.reload());
