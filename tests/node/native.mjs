// Loaded before a function: puts a native ONNX Runtime where Supabase's edge runtime puts its own, with that one's ways. A tensor keeps its
// values as { ty, c }, a session is made from the model's bytes, and what a session returns is read through `data`. NATIVE_RUNTIME is the folder
// of onnxruntime-node.

import { createRequire } from 'node:module';

const ort = createRequire(import.meta.url)(process.env.NATIVE_RUNTIME);

class Tensor {
  constructor(type, data, dims) {
    if (type !== 'float32') throw new Error(`Unsupported type: ${type}`);
    this.type = type;
    this.data = { ty: type, c: data instanceof Float32Array ? data : new Float32Array(data) };
    this.dims = dims;
    this.size = this.data.c.length;
  }
}

const readable = (tensor) => new Proxy(tensor, { get: (target, name) => name === 'data' ? target.data.c : target[name] });

const wrap = (session) => ({
  inputNames: session.inputNames,
  outputNames: session.outputNames,
  async run(inputs) {
    const feeds = Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new ort.Tensor(type, data.c ?? data, dims)]);
    const outputs = await session.run(Object.fromEntries(feeds));
    const tensors = Object.entries(outputs).map(([name, { type, data, dims }]) => [name, readable(new Tensor(type, data, dims))]);
    return Object.fromEntries(tensors);
  },
});

globalThis[Symbol.for('onnxruntime')] = {
  Tensor,
  env: {},
  InferenceSession: {
    async create(model) {
      if (!(model instanceof Uint8Array)) throw new Error('expected the bytes of a model');
      const session = wrap(await ort.InferenceSession.create(model));
      console.log('native session');
      return session;
    },
  },
};
