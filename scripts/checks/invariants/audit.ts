import type { Invariant } from "./invariant";

export const AUDIT: Invariant[] = [
  {
    id: "6a",
    title: "the audit chains are contiguous and each entry names the hash before it",
    sql: `SELECT id FROM (
            SELECT id, chain, sequence, prev_hash,
                   lag(sequence, 1, 0::bigint) OVER w AS before,
                   lag(hash, 1, sha256('')) OVER w AS before_hash
              FROM audit_logs WINDOW w AS (PARTITION BY chain ORDER BY sequence)) l
           WHERE sequence <> before + 1 OR prev_hash <> before_hash`,
  },
  {
    id: "6b",
    title: "the hash of every audit entry can be recomputed",
    sql: `SELECT l.id FROM audit_logs l WHERE l.hash <> audit_hash(l.*)`,
  },
  {
    id: "6c",
    title: "every chain head is the last entry of its chain",
    sql: `SELECT h.chain FROM audit_heads h LEFT JOIN LATERAL (
            SELECT sequence, hash FROM audit_logs l WHERE l.chain = h.chain
             ORDER BY sequence DESC LIMIT 1) l ON true
           WHERE h.sequence <> coalesce(l.sequence, 0) OR h.hash <> coalesce(l.hash, sha256(''))`,
  },
];
