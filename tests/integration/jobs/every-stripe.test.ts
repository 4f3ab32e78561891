import "../../support/stripe-env";
import {
  cleanUp,
  testDelivered,
  testLost,
  testRetries,
  testUndone,
} from "../../support/job-suites";
import { alsoAtStripe, stripeCases } from "./cases/stripe";

cleanUp();

const cases = [...stripeCases, ...alsoAtStripe];
testRetries(cases);
testUndone(cases);
testDelivered(cases);
testLost(cases);
