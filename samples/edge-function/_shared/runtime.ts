// ONNX Runtime: the platform's own where it offers one, WebAssembly otherwise.

interface Tensor {
  readonly data: unknown;
}

interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

/** The part of ONNX Runtime's JavaScript API that both runtimes share. */
export interface OnnxRuntime {
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => Tensor;
  InferenceSession: { create(model: Uint8Array): Promise<Session> };
}

/** Supabase's edge runtime puts a native ONNX Runtime here. */
const NATIVE = Symbol.for('onnxruntime');

export async function openRuntime(): Promise<OnnxRuntime> {
  const native = (globalThis as Record<symbol, unknown>)[NATIVE] as OnnxRuntime | undefined;
  if (native) return native;

  const web = await import('onnxruntime-web');
  web.env.wasm.numThreads = 1; // an edge function has no workers
  return web as unknown as OnnxRuntime;
}

/** One tower of one version, kept by the process. */
export class Tower {
  readonly #runtime: OnnxRuntime;
  readonly #session: Session;
  readonly #input: string;
  readonly #output: string;

  private constructor(runtime: OnnxRuntime, session: Session, input: string, output: string) {
    this.#runtime = runtime;
    this.#session = session;
    this.#input = input;
    this.#output = output;
  }

  static async load(runtime: OnnxRuntime, model: Uint8Array, input: string, output: string): Promise<Tower> {
    return new Tower(runtime, await runtime.InferenceSession.create(model), input, output);
  }

  /** @param vector one row, [input_dim]; the answer is [embedding_dim] of length 1 */
  async embed(vector: Float32Array): Promise<Float32Array> {
    const outputs = await this.#session.run({ [this.#input]: new this.#runtime.Tensor('float32', vector, [1, vector.length]) });
    return outputs[this.#output].data as Float32Array;
  }
}
