const form = document.getElementById('filters');
const search = document.getElementById('search');
const tests = [...document.querySelectorAll('.test')].map((element) => ({ element, text: undefined }));
const groups = [...document.querySelectorAll('.group, #failures')];

function wanted() {
  const data = new FormData(form);
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const states = new Set(data.getAll('state'));
  const [suite, target] = [data.get('suite'), data.get('target')];
  return (test) => {
    const { dataset } = test.element;
    if (!states.has(dataset.state) || (suite && dataset.suite !== suite)) return false;
    if (target && dataset.target !== target) return false;
    if (words.length === 0) return true;
    test.text ??= test.element.textContent.toLowerCase();
    return words.every((word) => test.text.includes(word));
  };
}

function apply() {
  const isWanted = wanted();
  let shown = 0;
  for (const test of tests) {
    test.element.hidden = !isWanted(test);
    if (!test.element.hidden) shown += 1;
  }
  for (const group of groups) {
    const own = group.querySelectorAll('.test');
    group.hidden = own.length > 0 && [...own].every(({ hidden }) => hidden);
  }
  document.getElementById('shown').value = `${shown} of ${tests.length} tests`;
}

form.hidden = false;
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
// The fields have their new values only after the event.
form.addEventListener('reset', () => setTimeout(apply));
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search) return;
  event.preventDefault();
  search.focus();
});
apply();
