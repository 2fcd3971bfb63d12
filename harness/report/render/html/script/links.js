/** What a link leads to may be in something that is closed. */
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let one = target; one; one = one.parentElement) if (one.tagName === 'DETAILS') one.open = true;
  target.scrollIntoView();
}

addEventListener('hashchange', follow);
follow();
