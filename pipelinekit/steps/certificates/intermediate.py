"""OpenBao's own authority, between the bootstrap one and what it signs: made once, renewed like the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelinekit.errors import refused
from pipelinekit.model.certificate import Pair
from pipelinekit.model.platform.certificates import Certificate, OpenBao
from pipelinekit.model.release import Target
from pipelinekit.plan.moment import spoken
from pipelinekit.ports import Say
from pipelinekit.steps.certificates.world import World


@dataclass(slots=True)
class Intermediate:
    """The store that a platform names; looked at when something is first signed there."""

    world: World
    _ready: bool = field(default=False)

    def sign(self, pair: Pair, wanted: Certificate, request: str, say: Say) -> str:
        """What the store signs, with the authorities in between; the store gets its own first."""
        bao = self.world.wanted.openbao
        if bao is None:
            raise ValueError("reading has made sure that there is a store")
        target = self.world.at(bao.namespace)
        if not self._ready:
            self._settle(target, bao, pair, say)
            self._ready = True
        return self.world.store.sign(target, bao, pair.certificate, request, wanted.duration)

    def _settle(self, target: Target, bao: OpenBao, pair: Pair, say: Say) -> None:
        signer, store, root = self.world.signer, self.world.store, pair.certificate
        now, own = self.world.clock(), self.world.wanted.authority
        chain = store.authority(target, bao, root)
        facts = signer.facts(chain, root) if chain else None
        if facts and facts.distrust:
            raise refused(
                "store-foreign",
                f"the authority of {bao.mount} in {bao.namespace} is not under ours: {facts.distrust}",
                hint="name a mount of its own: `bao secrets enable -path=NAME pki`, and mount: NAME",
            )
        # What it signs ends with it: it has to outlast every certificate that it signs, and no other.
        signs = (each.duration for each in self.world.wanted.secrets if each.issuer == "openbao")
        if facts and facts.ends - now > max(signs, default=0):
            return
        request = store.request(target, bao, root, f"{target.namespace} {bao.mount}")
        seconds = (own.duration + own.renew_before) // 2
        signed = signer.sign(pair, request, (), now, seconds, between=True)
        store.install(target, bao, root, signed + root)
        say(f"{bao.namespace}: {bao.mount} has an authority of its own, for {spoken(seconds)}")
