import { openContext, serving } from '../_shared/context.ts';
import { recommendations } from './handler.ts';

Deno.serve(serving(recommendations, openContext((name) => Deno.env.get(name))));
