package io.sampler4j.api.diffusion;

import io.sampler4j.api.Condition;
import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/**
 * Turns a conditional network into an estimator: classifier-free, rescaled, limited to an interval of noise levels. A
 * plugin kind of its own. Scale 1 means off. One instance serves many runs at once and holds options only; what one run
 * needs lives in the estimator it returns.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Guidance {
    /**
     * The guided estimator of one run. At scale 1, or outside its interval, it asks for the wanted condition alone.
     * Called when a run is planned as well, on tensors without data, so that whatever it asks for can be refused.
     *
     * @param networks what it may ask; asking counts rows, not NFE
     * @param wanted what the samples are to be
     * @param nothing the same with every condition replaced by the model's null value
     * @param like shapes the buffers that the guidance keeps for this run
     */
    Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like);
}
