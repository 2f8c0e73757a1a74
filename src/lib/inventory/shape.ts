import { getNodeValue, type Node } from 'jsonc-parser';
import * as v from 'valibot';
import { didYouMean, suggest } from '../suggest.js';
import type { Finding, Path } from './fault.js';
import { quote } from './quote.js';

/**
 * A value as far as it is well-formed: what is faulty, or only meant (a mistyped key), is there and undefined;
 * what is not given is not there, or is its default.
 */
export type Draft<T> = T extends string | number | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly (Draft<Item> | undefined)[]
    : { readonly [Key in keyof T]?: Draft<T[Key]> | undefined };

/** A finding that knows its place in the text. */
export interface PlacedFinding extends Finding {
  readonly offset: number;
}

export interface Shape<T> {
  readonly findings: readonly PlacedFinding[];
  readonly draft: Draft<T> | undefined;
  /** The draft, where nothing was found. */
  readonly value: T | undefined;
}

/**
 * Reads a JSON tree by a schema, filling in defaults. valibot itself checks the single values; objects and lists are
 * gone through here, because every fault is wanted with its place: unknown and repeated keys, and a draft of the rest.
 */
export function readShape<T>(schema: v.GenericSchema<unknown, T>, tree: Node): Shape<T> {
  const reader = new ShapeReader();
  const draft = reader.read(schema, tree, []);
  return {
    findings: reader.findings,
    // The schema has found no fault in what is left in the draft; with no finding at all nothing was left out.
    draft: draft as Draft<T> | undefined,
    value: reader.findings.length === 0 ? (draft as T) : undefined,
  };
}

type Noun = v.ErrorMessage<v.BaseIssue<unknown>> | undefined;
type ObjectSchema = v.ObjectSchema<v.ObjectEntries, Noun>;
type RecordSchema = v.RecordSchema<v.GenericSchema<string>, v.GenericSchema, Noun>;
type ArraySchema = v.ArraySchema<v.GenericSchema, Noun>;
type OptionalSchema = v.OptionalSchema<v.GenericSchema, unknown>;

const isObject = (schema: v.GenericSchema): schema is ObjectSchema => schema.type === 'object';
const isRecord = (schema: v.GenericSchema): schema is RecordSchema => schema.type === 'record';
const isArray = (schema: v.GenericSchema): schema is ArraySchema => schema.type === 'array';
const isOptional = (schema: v.GenericSchema): schema is OptionalSchema => schema.type === 'optional';

interface Property {
  readonly keyNode: Node;
  readonly valueNode: Node;
}

class ShapeReader {
  readonly findings: PlacedFinding[] = [];

  read(schema: v.GenericSchema, node: Node, path: Path): unknown {
    if (isOptional(schema)) return this.read(schema.wrapped, node, path);
    if (isObject(schema) && node.type === 'object') return this.readObject(schema, node, path);
    if (isRecord(schema) && node.type === 'object') return this.readRecord(schema, node, path);
    if (isArray(schema) && node.type === 'array') return this.readArray(schema, node, path);
    return this.readSingle(schema, node, path);
  }

  private readObject(schema: ObjectSchema, node: Node, path: Path): unknown {
    const properties = this.readProperties(node, path);
    const absent = Object.keys(schema.entries).filter((key) => !properties.has(key));
    const draft = new Map<string, unknown>();
    for (const [key, { keyNode, valueNode }] of properties) {
      const entry = Object.hasOwn(schema.entries, key) ? schema.entries[key] : undefined;
      if (entry !== undefined) {
        draft.set(key, this.read(entry, valueNode, [...path, key]));
      } else if (!key.startsWith('x-')) {
        const meant = suggest(key, absent);
        // It counts as given from here on: that it is missing would be the same mistake told twice.
        if (meant !== undefined) draft.set(meant, undefined);
        this.report(path, keyNode, `${quote(key)} is not a known key${didYouMean(meant)}`);
      }
    }
    for (const [key, entry] of Object.entries(schema.entries)) {
      if (draft.has(key)) continue;
      if (!isOptional(entry)) this.report(path, node, `"${key}" is missing`);
      else if (entry.default !== undefined) draft.set(key, v.getDefault(entry));
    }
    return Object.fromEntries(draft);
  }

  private readRecord(schema: RecordSchema, node: Node, path: Path): unknown {
    const properties = this.readProperties(node, path);
    if (properties.size === 0) this.checkEmpty(schema, {}, node, path);
    const draft = Array.from(properties, ([key, { keyNode, valueNode }]) => {
      this.readSingle(schema.key, keyNode, path);
      return [key, this.read(schema.value, valueNode, [...path, key])] as const;
    });
    return Object.fromEntries(draft);
  }

  private readArray(schema: ArraySchema, node: Node, path: Path): unknown {
    const items = node.children ?? [];
    if (items.length === 0) this.checkEmpty(schema, [], node, path);
    return items.map((item, index) => this.read(schema.item, item, [...path, index]));
  }

  /** The only rule for a list or record as a whole is that it may not be empty. */
  private checkEmpty(schema: v.GenericSchema, empty: unknown, node: Node, path: Path): void {
    const [issue] = v.safeParse(schema, empty).issues ?? [];
    if (issue) this.report(path, node, `is empty: ${issue.message}`);
  }

  private readSingle(schema: v.GenericSchema, node: Node, path: Path): unknown {
    const value: unknown = getNodeValue(node);
    // valibot takes an array for an object, as typeof does.
    const input = node.type === 'array' && !isArray(schema) ? null : value;
    const [issue] = v.safeParse(schema, input, { abortPipeEarly: true }).issues ?? [];
    if (issue === undefined) return value;
    this.report(path, node, explain(schema, value, issue.message));
    return undefined;
  }

  /** Returns the properties by key. Where a key is repeated only the first one is looked at. */
  private readProperties(node: Node, path: Path): Map<string, Property> {
    const properties = new Map<string, Property>();
    for (const { children: [keyNode, valueNode] = [] } of node.children ?? []) {
      if (keyNode === undefined || valueNode === undefined) continue;
      const key = String(keyNode.value);
      if (properties.has(key)) this.report(path, keyNode, `the key ${quote(key)} is written twice`);
      else properties.set(key, { keyNode, valueNode });
    }
    return properties;
  }

  private report(path: Path, { offset }: Node, message: string): void {
    this.findings.push({ path, offset, message });
  }
}

function explain(schema: v.GenericSchema, value: unknown, noun: string): string {
  if (schema.type === 'number' && typeof value === 'string' && /^\d+$/.test(value)) {
    return `${quote(value)} is not ${noun.replace(/ \(.*\)$/, '')}: write a number without quotes`;
  }
  const options = schema.type === 'picklist' && 'options' in schema ? (schema.options as readonly string[]) : [];
  const hint = typeof value === 'string' ? didYouMean(suggest(value, options)) : '';
  return `${quote(value)} is not ${noun}${hint}`;
}
