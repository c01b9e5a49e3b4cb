const NAMESPACE = "default";

/** @typedef {{ namespace: string, workflow: string, id: string, status: string }} Place */

/** Where the address says that we are: `#/namespace/workflow/id`. @returns {Place} */
export function here() {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [namespace = "", workflow = "", id = ""] = path.split("/").map(decoded);
  return { namespace: namespace || NAMESPACE, workflow, id, status: new URLSearchParams(query).get("status") ?? "" };
}

/** @param {readonly string[]} parts */
export function linkTo(...parts) {
  return ["#", ...parts.map(encodeURIComponent)].join("/");
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
