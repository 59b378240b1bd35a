import { openContext } from '../_shared/context.ts';
import { recommendations } from './handler.ts';

const context = openContext((name) => Deno.env.get(name));
Deno.serve((request) => recommendations(request, context));
