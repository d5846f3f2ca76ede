/**
 * One way from what a principal may do to more than it may. Ids of the public catalogue (pathfinding.cloud) where it has the path, else a name of ours. Actions
 * are in lower case, as everywhere in this folder.
 */
export type PathRule =
  /** Changes the rights of the caller itself: on its own principal, on a group it is in, or on a customer managed policy it holds. */
  | { readonly gain: 'own'; readonly id: string; readonly on: OwnThing; readonly actions: readonly string[] }
  /** Becomes another principal by `actions` on it. With `raises`, those also give that principal every right first, so that any will do. */
  | {
      readonly gain: 'principal';
      readonly id: string;
      readonly target: 'user' | 'role';
      readonly actions: readonly string[];
      readonly raises?: 'principal' | 'policy';
      /** Whether the trust policy of the role has to let the caller in. */
      readonly trusted?: boolean;
    }
  /** Joins a group that has more rights. */
  | { readonly gain: 'group'; readonly id: string; readonly actions: readonly string[] }
  /** Makes a principal that never was, without the caller's boundary and denials. */
  | { readonly gain: 'new'; readonly id: string; readonly actions: readonly string[] }
  /** Has a service run code, or make calls, with a role that trusts it: a role that is passed, or one that something which exists already runs with. */
  | {
      readonly gain: 'service-role';
      readonly id: string;
      readonly services: readonly string[];
      readonly passes: boolean;
      readonly actions: readonly string[];
    };

export type OwnThing = 'user' | 'role' | 'group' | 'policy';
