/** What a host tells of itself: logs, Flight Recorder, a management bean, its health. */
package io.sampler4j.runtime.event;
