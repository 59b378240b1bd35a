// node --import ./typescript.mjs: lets Node load the edge function's TypeScript. Its types are erasable, so nothing but types is taken out;
// what its deno.json maps to npm comes from this folder's node_modules.

import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import ts from 'typescript';

if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  const isPackage = !/^(\.|node:|file:)/.test(specifier);
  return next(specifier, isPackage && context.parentURL?.endsWith('.ts') ? { ...context, parentURL: import.meta.url } : context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, inlineSourceMap: true };
  const { outputText } = ts.transpileModule(await readFile(new URL(url), 'utf8'), { compilerOptions: options, fileName: url });
  return { format: 'module', source: outputText, shortCircuit: true };
}
