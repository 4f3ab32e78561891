import { NotFoundNotice } from "../_components/NotFoundNotice";

/** Inside of the group's shell: the one above brings a shell of its own. */
export default NotFoundNotice;
