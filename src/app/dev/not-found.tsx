import { NotFoundNotice } from "../_components/NotFoundNotice";

/** The group's layout already has the header and footer; the root not-found page would add them again. */
export default NotFoundNotice;
