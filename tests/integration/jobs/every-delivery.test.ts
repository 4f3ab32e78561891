import { cleanUp, testDelivered, testLost, testTicked } from "../../support/job-suites";
import { cases } from "./cases/all";

cleanUp();

testDelivered(cases);
testTicked(cases);
testLost(cases);
