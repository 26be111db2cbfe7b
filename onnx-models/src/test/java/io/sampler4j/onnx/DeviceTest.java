package io.sampler4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda", "cuda:1", "cuda:12"})
    void isWrittenAsItIsRead(String text) {
        assertThat(Device.parse(text)).hasToString(text);
    }

    @Test
    void theFirstCudaDeviceHasTwoNames() {
        assertThat(Device.parse("cuda:0")).isEqualTo(Device.parse("cuda")).hasToString("cuda");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cpu:1", "cuda:99999"})
    void refusesAnythingElseAndListsWhatThereIs(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("cpu, cuda (the first CUDA device) or cuda:N");
    }

    @Test
    void aNetworkNeedsAThread() {
        assertThatThrownBy(() -> new NetworkOptions(Device.CPU, 0))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("1 or more threads, but 0");
    }
}
