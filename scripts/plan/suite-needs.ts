import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import ts from 'typescript';

import { CAPABILITIES, type Capability } from '../../harness/os/capabilities.ts';

/** Capabilities of which a test needs at least one. */
export type Need = readonly Capability[];

type Fixtures = Readonly<Record<string, readonly Need[]>>;

/** What fixtures need, by the function that made the `test` of the file. See harness/fixtures/suite.ts. */
const FIXTURES: readonly (readonly [maker: RegExp, fixtures: Fixtures])[] = [
  [/./, { updates: [['updates'], ['ab-slots']] }],
  [/\bupdateSuite\(/, { vm: [['updates'], ['ab-slots']] }],
  [/\blivepatchSuite\(/, { vm: [['livepatch'], ['updates']], repository: [['livepatch'], ['updates']] }],
  [/\brunning\(/, { vm: [['cri', 'docker']], containers: [['cri', 'docker']] }],
];
/** What parts of a `vm` need. See harness/vm/reachable.ts. */
const PARTS: Readonly<Record<string, Need>> = { cri: ['cri'], docker: ['docker'], login: ['login'] };

/** Functions that execute the one that is their last argument, and do so whatever happens. */
const EXECUTORS = ['step'];

/** Reads a suite file and the helpers that it imports from files of the suites. See `needsOfTests`. */
export async function needsOfFile(path: string): Promise<readonly (readonly Need[])[]> {
  const text = await readFile(path, 'utf8');
  const imported = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const helpers = imported.filter((name) => /^\.\.?\/(?:\.\.\/)*support\//.test(name));
  return needsOfTests(
    text,
    await Promise.all(helpers.map((name) => readFile(join(dirname(path), name), 'utf8'))),
  );
}

/**
 * What each test of a suite file needs of its image, as far as the text says it for certain: by its fixtures, and by what is
 * executed whatever happens. What it can't see it leaves out, so a test may need more than this, never less.
 *
 * @param helpers texts of files that it imports functions from.
 */
export function needsOfTests(text: string, helpers: readonly string[] = []): readonly (readonly Need[])[] {
  const [file, ...others] = [text, ...helpers].map((one) =>
    ts.createSourceFile('x.ts', one, ts.ScriptTarget.Latest, true),
  ) as [ts.SourceFile, ...ts.SourceFile[]];
  // Its own functions come last: they hide those of the same name.
  return new SuiteText(file, [...others, file]).tests(file, []);
}

class SuiteText {
  readonly #functions = new Map<string, ts.Node>();
  readonly #fixtures: Fixtures;

  constructor(file: ts.SourceFile, sources: readonly ts.SourceFile[]) {
    for (const statement of sources.flatMap(({ statements }) => [...statements])) {
      if (ts.isFunctionDeclaration(statement) && statement.name && statement.body)
        this.#functions.set(statement.name.text, statement.body);
    }
    const makers = FIXTURES.filter(([maker]) => maker.test(file.text));
    this.#fixtures = Object.assign({}, ...makers.map(([, fixtures]) => fixtures)) as Fixtures;
  }

  /** @param outer what the hooks around it need. */
  tests(node: ts.Node, outer: readonly Need[]): Need[][] {
    const statements = callsIn(node);
    const hooks = statements.filter((call) => calls(call, /^(?:test\.)?beforeEach$/));
    const around = [...outer, ...hooks.flatMap((hook) => this.#ofCallback(hook))];
    return statements.flatMap((call) => {
      if (calls(call, /^test(?:\.(?:for|each)\b.*)?$/s)) return [[...around, ...this.#ofCallback(call)]];
      const group = calls(call, /^describe\b/) ? callback(call) : undefined;
      return group === undefined ? [] : this.tests(group.body, around);
    });
  }

  #ofCallback(call: ts.CallExpression): Need[] {
    const made = callback(call);
    if (made === undefined) return [];
    const named = made.parameters.flatMap(({ name }) =>
      ts.isObjectBindingPattern(name) ? name.elements : [],
    );
    const fixtures = named.flatMap((element) => {
      const fixture = (element.propertyName ?? element.name).getText();
      return Object.hasOwn(this.#fixtures, fixture) ? (this.#fixtures[fixture] ?? []) : [];
    });
    return [...fixtures, ...this.#certain(made.body, new Set())];
  }

  /** @param seen functions of the file that were followed already. */
  #certain(node: ts.Node, seen: Set<string>): Need[] {
    // What may not be executed says nothing for certain.
    if (isConditional(node) || (ts.isFunctionLike(node) && !isExecuted(node))) return [];
    const needs: Need[] = [];
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'vm') {
      const part = Object.hasOwn(PARTS, node.name.text) ? PARTS[node.name.text] : undefined;
      if (part !== undefined) needs.push(part);
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const name = node.expression.text;
      if (name === 'needs') needs.push(...capabilitiesIn(node));
      const body = this.#functions.get(name);
      if (body !== undefined && !seen.has(name)) needs.push(...this.#certain(body, seen.add(name)));
    }
    ts.forEachChild(node, (child) => void needs.push(...this.#certain(child, seen)));
    return needs;
  }
}

function calls(call: ts.CallExpression, name: RegExp): boolean {
  return name.test(call.expression.getText()) && callback(call) !== undefined;
}

function isExecuted({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && EXECUTORS.includes(parent.expression.getText());
}

/** The calls that are statements of a block or a file. */
function callsIn(node: ts.Node): ts.CallExpression[] {
  if (ts.isCallExpression(node)) return [node];
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return [];
  return node.statements.flatMap((statement) =>
    ts.isExpressionStatement(statement) && ts.isCallExpression(statement.expression)
      ? [statement.expression]
      : [],
  );
}

function callback(call: ts.CallExpression): ts.ArrowFunction | ts.FunctionExpression | undefined {
  const last = call.arguments.at(-1);
  return last !== undefined && (ts.isArrowFunction(last) || ts.isFunctionExpression(last)) ? last : undefined;
}

function capabilitiesIn(call: ts.CallExpression): Need[] {
  return call.arguments.flatMap((argument) => {
    const known = ts.isStringLiteral(argument) && CAPABILITIES.find((one) => one === argument.text);
    return known ? [[known]] : [];
  });
}

function isConditional(node: ts.Node): boolean {
  const isShortCircuit =
    ts.isBinaryExpression(node) &&
    [
      ts.SyntaxKind.AmpersandAmpersandToken,
      ts.SyntaxKind.BarBarToken,
      ts.SyntaxKind.QuestionQuestionToken,
    ].includes(node.operatorToken.kind);
  return (
    isShortCircuit ||
    ts.isIfStatement(node) ||
    ts.isConditionalExpression(node) ||
    ts.isSwitchStatement(node) ||
    ts.isCatchClause(node) ||
    ts.isIterationStatement(node, false)
  );
}
