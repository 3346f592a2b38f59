/**
 * One QuickJS context, with limits of time, memory and stack. The WASM module is loaded once a thread; contexts share its
 * memory, but no object. What none of the limits stops is stopped from outside: see `runtime/guard.ts`.
 */
import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { problem, WeirError } from '../../contract/problems.ts';
import { guarded } from '../../runtime/guard.ts';
import { PRELUDE } from './prelude.ts';

let loading: Promise<QuickJSWASMModule> | null = null;
let loaded: QuickJSWASMModule | null = null;

/** Loads the interpreter, once a thread. */
export async function loadQuickJs(): Promise<void> {
  loading ??= newQuickJSWASMModuleFromVariant(variant);
  loaded = await loading;
}

export const quickJsLoaded = (): boolean => loaded !== null;

/** The WASM module itself broke: nothing of it can be used any more. */
function forget(): void {
  loading = null;
  loaded = null;
}

export interface SandboxOptions {
  readonly nodeId: string;
  readonly code: string;
  readonly fields: readonly string[];
  readonly keys: readonly string[];
  /** ms, for one call. */
  readonly timeoutMs: number;
  readonly bytesMax: number;
  log(level: 'info' | 'warning' | 'error', text: string): void;
}

/** Of the interpreter's C stack: deep recursion ends in an error well before the stack of the WASM module does. */
const STACK_BYTES = 256 * 1024;
const FILE = 'script.js';

type Method = 'run' | 'save' | 'load';

export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #context: QuickJSContext;
  readonly #methods: Readonly<Record<Method, QuickJSHandle>>;
  #deadline = Infinity;
  #disposed = false;
  #bytesAtEnd = 0;
  /** The interpreter counts references: all that are held here have to be given back. */
  readonly #held: QuickJSHandle[] = [];

  /** @throws WeirError where the code cannot be run */
  constructor(options: SandboxOptions) {
    if (loaded === null) throw new Error('loadQuickJs comes first');
    this.#options = options;
    const runtime = loaded.newRuntime();
    runtime.setMemoryLimit(options.bytesMax);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => performance.now() > this.#deadline);
    this.#context = runtime.newContext();
    try {
      this.#methods = this.#guard(() => this.#start());
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  #start(): Record<Method, QuickJSHandle> {
    const { code, fields, keys, log } = this.#options;
    const context = this.#context;
    const write = this.#hold(
      context.newFunction('write', (level, text) => {
        const name = context.getString(level);
        log(name === 'error' || name === 'warning' ? name : 'info', context.getString(text));
      }),
    );
    const prelude = this.#hold(this.#take(context.evalCode(PRELUDE, 'weir.js')));
    const names = (list: readonly string[]): QuickJSHandle =>
      this.#hold(this.#take(context.evalCode(`(${JSON.stringify(list)})`, 'weir.js')));
    const api = this.#hold(
      this.#take(context.callFunction(prelude, context.undefined, names(fields), names(keys), write)),
    );
    this.#take(context.evalCode(code, FILE, { type: 'global' })).dispose();
    const handler = (name: string): QuickJSHandle =>
      this.#hold(
        this.#take(context.evalCode(`typeof ${name} === 'undefined' ? undefined : ${name}`, 'weir.js')),
      );
    const bind = this.#hold(context.getProp(api, 'bind'));
    this.#take(
      context.callFunction(bind, context.undefined, handler('onRecord'), handler('onTimer')),
    ).dispose();
    return {
      run: this.#hold(context.getProp(api, 'run')),
      save: this.#hold(context.getProp(api, 'save')),
      load: this.#hold(context.getProp(api, 'load')),
    };
  }

  /** @throws WeirError R-SCRIPT where the script took too long or too much, or broke what runs it */
  call(method: Method, text: string): string {
    return this.#guard(() => {
      const context = this.#context;
      const given = context.newString(text);
      try {
        const result = this.#take(context.callFunction(this.#methods[method], context.undefined, given));
        return result.consume((value) =>
          context.typeof(value) === 'string' ? context.getString(value) : '',
        );
      } finally {
        given.dispose();
      }
    });
  }

  /** Bytes that the script holds; after the run, held at its end. Walks its heap: not to be asked often. */
  get bytes(): number {
    if (this.#disposed) return this.#bytesAtEnd;
    const usage = this.#context.runtime.computeMemoryUsage().consume((handle) => this.#context.dump(handle));
    const size: unknown = (usage as Record<string, unknown> | null)?.['memory_used_size'];
    return typeof size === 'number' ? size : 0;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#bytesAtEnd = this.bytes;
    this.#disposed = true;
    const { runtime } = this.#context;
    try {
      for (const handle of this.#held) handle.dispose();
      this.#context.dispose();
      runtime.dispose();
    } catch {
      // After a fault in the middle of a call the interpreter may refuse to be taken down in order.
      forget();
    }
  }

  #guard<T>(work: () => T): T {
    const { nodeId, timeoutMs } = this.#options;
    this.#deadline = performance.now() + timeoutMs;
    try {
      return guarded(nodeId, timeoutMs, work);
    } catch (error) {
      if (error instanceof WeirError) throw error;
      forget();
      throw this.#fault('The interpreter of the script broke.', error instanceof Error ? error.message : '');
    } finally {
      this.#deadline = Infinity;
    }
  }

  #hold(handle: QuickJSHandle): QuickJSHandle {
    this.#held.push(handle);
    return handle;
  }

  #take(result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
    if (result.error === undefined) return result.value;
    const dumped: unknown = result.error.consume((handle) => this.#context.dump(handle));
    const { name, message, stack } = (typeof dumped === 'object' && dumped !== null ? dumped : {}) as Record<
      string,
      unknown
    >;
    const text = `${String(name ?? 'Error')}: ${String(message ?? dumped)}`.slice(0, 500);
    if (performance.now() > this.#deadline && /interrupted/.test(text))
      throw this.#fault('The script took too long.', `more than ${this.#options.timeoutMs} ms`, 'timeout');
    if (/out of memory/.test(text))
      throw this.#fault(
        'The script took too much memory.',
        `more than ${Math.round(this.#options.bytesMax / 2 ** 20)} MB`,
        'megabytesMax',
      );
    const line = /script\.js:(\d+)/.exec(String(stack ?? ''))?.[1];
    throw this.#fault(`The script failed${line === undefined ? '' : ` in line ${line}`}.`, text, 'code');
  }

  #fault(message: string, value: string, setting = 'code'): WeirError {
    const limit = setting !== 'code';
    return new WeirError(
      problem('R-SCRIPT', {
        path: ['nodes', this.#options.nodeId, 'config', setting],
        message,
        value,
        ...(limit ? { expected: 'a script within its limits' } : {}),
        next: limit
          ? 'Look for a loop that does not end or state that only grows; or raise the limit.'
          : 'Correct the script.',
      }),
    );
  }
}
