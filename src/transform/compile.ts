import { PLAIN_BODY } from "../config/formats.js";
import type { Pipeline } from "../config/pipeline.js";
import { parseReject } from "./body/parse-reject.js";
import { readBody } from "./body/read-body.js";
import type { ColumnContext } from "./column.js";
import { guardTransform } from "./guard.js";
import { readMessage } from "./read-message.js";
import { compileRoute, type Gathered } from "./route.js";
import type { Transform } from "./types.js";

interface TransformOptions extends ColumnContext {
  /** Those of the queue: a message goes to each of them that takes it. */
  readonly pipelines: readonly Pipeline[];
}

const NOT_FETCHED = parseReject("s3_pointer", "the body is a pointer to a payload in S3, which was not read");

/** Interprets pipelines once: a message's body is read, its records are found, and each goes to who takes it. */
export function compileTransform(options: TransformOptions): Transform {
  const { pipelines } = options;
  const format = pipelines[0]?.body ?? PLAIN_BODY;
  const route = compileRoute(pipelines, options);
  return guardTransform((message, payload) => {
    const body = readBody(message.body, format, payload);
    if ("reject" in body) return body;
    if ("pointer" in body) return NOT_FETCHED;
    const { records, isList, envelope, size } = body;
    const attributes =
      body.attributes === undefined ? message.attributes : { ...message.attributes, ...body.attributes };
    const gathered: Gathered = { rows: [], bytes: 0 };
    for (const [index, root] of records.entries()) {
      const reject = route(
        readMessage(message, { attributes, envelope, root }),
        isList ? `[${index}]` : "",
        gathered,
      );
      if (reject !== undefined) return { reject };
    }
    const { rows } = gathered;
    const bytes = Math.max(gathered.bytes, size > message.body.length ? size : 0);
    return bytes > 0 ? { rows, bytes } : { rows };
  });
}
