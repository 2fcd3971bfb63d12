const CHUNK_LINES = 200;
/** So that the line that is looked for has some before it. */
const ABOVE = 4;

/** Shows all of a machine's logs; done when it is opened, since a page may have many of them. */
function showLogs(machine) {
  const island = machine.querySelector('.log-data');
  const data = island ? JSON.parse(island.textContent) : {};
  return [...machine.querySelectorAll('.log')].map((element) => ({ element, lines: linesIn(element, data) }));
}

function linesIn(element, data) {
  const entries = data[element.dataset.log];
  if (entries.length === 0) return [];
  const lines = entries.map(([at, text]) => {
    const line = document.createElement('div');
    line.className = 'line';
    line.textContent = at === null ? text : `[${(at / 1000).toFixed(3).padStart(9)}] ${text}`;
    return { at, line };
  });
  const chunks = [];
  for (let from = 0; from < lines.length; from += CHUNK_LINES) {
    const chunk = document.createElement('div');
    chunk.className = 'chunk';
    chunk.append(...lines.slice(from, from + CHUNK_LINES).map(({ line }) => line));
    chunks.push(chunk);
  }
  element.replaceChildren(...chunks);
  return lines;
}

/** Scrolls a log to the first line that is not before a time, and marks it. */
function jumpIn({ element, lines }, at) {
  element.querySelector('.current')?.classList.remove('current');
  const found =
    lines.find((one) => one.at !== null && one.at >= at) ?? lines.findLast((one) => one.at !== null);
  if (!found) return;
  found.line.classList.add('current');
  // What is out of sight has a guessed height until it is looked at.
  for (let times = 0; times < 3; times += 1) {
    const top = found.line.getBoundingClientRect().top - element.getBoundingClientRect().top;
    element.scrollTop += top - ABOVE * found.line.offsetHeight;
  }
}

function link(machine) {
  const logs = showLogs(machine);
  const timeline = machine.querySelector('.timeline');
  const total = Number(timeline?.dataset.total ?? 0);
  const point = (at) => {
    const cursor = timeline?.querySelector('.cursor');
    cursor?.setAttribute('x1', `${(100 * at) / total}%`);
    cursor?.setAttribute('x2', `${(100 * at) / total}%`);
  };
  const jump = (at, except) => {
    point(at);
    for (const log of logs) if (log !== except) jumpIn(log, at);
  };
  timeline?.addEventListener('click', (event) => {
    const { left, width } = timeline.getBoundingClientRect();
    jump((total * (event.clientX - left)) / width);
  });
  machine.addEventListener('click', (event) => {
    const button = event.target.closest('.jump');
    if (button) jump(Number(button.dataset.at));
  });
  for (const log of logs) {
    log.element.addEventListener('click', (event) => {
      const at = log.lines.find(({ line }) => line === event.target)?.at;
      if (at != null) jump(at, log);
    });
    // By keyboard: what is at the top of a log that is scrolled is where the cursor is.
    log.element.addEventListener('scroll', () => {
      if (log.element !== document.activeElement) return;
      const { top } = log.element.getBoundingClientRect();
      const first = log.lines.find(
        ({ at, line }) => at !== null && line.getBoundingClientRect().bottom > top,
      );
      if (first) point(first.at);
    });
  }
}

const linked = new WeakSet();
document.addEventListener(
  'toggle',
  ({ target }) => {
    if (!target.matches('.machine') || !target.open || linked.has(target)) return;
    linked.add(target);
    link(target);
  },
  true,
);
